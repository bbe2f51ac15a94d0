import { createPrivateKey, createPublicKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { thumbprint } from '@praya/kernel/jwk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newPrivateKey, newSecretKey, registered, writePrivateJson } from './key-files.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'praya-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a file of keys', () => {
  test('can be read by us alone, and so can its folder', () => {
    const file = join(directory, 'bank', 'keys.json');
    writePrivateJson(file, { signing: newPrivateKey() });
    expect(modeOf(file)).toBe(0o600);
    expect(modeOf(dirname(file))).toBe(0o700);
  });

  test('replaces one that others could read', () => {
    const file = join(directory, 'keys.json');
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
    writePrivateJson(file, { kept: true });
    expect(modeOf(file)).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ kept: true });
  });

  test('is there whole, and nothing lies beside it', () => {
    writePrivateJson(join(directory, 'keys.json'), { signing: newPrivateKey() });
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });
});

describe('a key', () => {
  test('is named by its thumbprint', () => {
    const key = newPrivateKey();
    expect(key.kid).toBe(thumbprint(key));
    expect(createPublicKey(createPrivateKey({ key, format: 'jwk' })).export({ format: 'jwk' })).toMatchObject(
      {
        x: key.x,
        y: key.y,
      },
    );
  });

  test('is registered for two years without its private half', () => {
    const key = newPrivateKey();
    const now = new Date('2026-06-01T04:00:00.000Z');
    const kept = registered(key, { use: 'enc', now });
    expect(kept).toMatchObject({ kid: key.kid, use: 'enc', validFrom: now.toISOString() });
    expect(kept.validUntil).toBe('2028-05-31T04:00:00.000Z');
    expect(JSON.stringify(kept)).not.toContain(key.d);
  });

  test('that is shared with nobody has 256 bits', () => {
    const { kty, kid, k } = newSecretKey('codes-1');
    expect({ kty, kid }).toEqual({ kty: 'oct', kid: 'codes-1' });
    expect(Buffer.from(k, 'base64url')).toHaveLength(32);
  });
});
