import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadMasterKey } from './master-key.ts';

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'praya-master-'));
  file = join(home, 'secrets', 'master.key');
});

afterEach(() => rmSync(home, { recursive: true }));

test('is made once, of 32 bytes, in a file only its owner reads', () => {
  const key = loadMasterKey({ file });
  expect(key).toHaveLength(32);
  expect(loadMasterKey({ file })).toEqual(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}\n$/);
});

test('of the environment leaves no file', () => {
  const env = Buffer.alloc(32, 5).toString('base64url');
  expect(loadMasterKey({ file, env })).toEqual(new Uint8Array(32).fill(5));
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

test('is refused when it is short', () => {
  expect(() => loadMasterKey({ file, env: 'c2hvcnQ' })).toThrow('not 32 bytes');
});

test('is refused when others can read it', () => {
  loadMasterKey({ file });
  chmodSync(file, 0o644);
  expect(() => loadMasterKey({ file })).toThrow('can be read by others');
});
