import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thumbprint } from '@praya/kernel/jwk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKeyPair, writeNewKey } from './new-key.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'praya-keys-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the public half is the private key without d', () => {
  const { private: whole, public: half } = newKeyPair('sig', 'bank-sig-1');
  const { d, ...rest } = whole as { d?: string; kid: string };
  expect(half).toEqual(rest);
  expect(half).toMatchObject({ kty: 'EC', crv: 'P-256', kid: 'bank-sig-1', use: 'sig' });
  expect(d).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(createPrivateKey({ key: whole as object, format: 'jwk' }).asymmetricKeyType).toBe('ec');
});

test('a key without a name is called by its thumbprint', () => {
  const { public: half } = newKeyPair('enc', '');
  const { crv, x, y, kid } = half as Record<'crv' | 'x' | 'y' | 'kid', string>;
  expect(kid).toBe(thumbprint({ crv, x, y }));
});

test('nothing of a secret is public but its name', () => {
  expect(newKeyPair('secret', 'codes-1')).toMatchObject({
    private: { kty: 'oct', kid: 'codes-1', k: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) },
    public: { kty: 'oct', kid: 'codes-1' },
  });
  expect(Object.keys(newKeyPair('secret', 'codes-1').public)).toEqual(['kty', 'kid']);
});

test.each(['../bank', 'a b', 'x'.repeat(101)])('a key is not called %s', (name) => {
  expect(() => newKeyPair('sig', name)).toThrow('--kid');
});

test('the file is for its owner alone and overwrites nothing', () => {
  const file = join(directory, 'key.json');
  writeNewKey(file, { kid: 'first' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(() => writeNewKey(file, { kid: 'second' })).toThrow('there already');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ kid: 'first' });
});
