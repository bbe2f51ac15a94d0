import { execFile } from 'node:child_process';
import { sign, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CompactSign, compactVerify, importJWK } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabasePool } from './database.ts';
import { createKeyring } from './keyring.ts';
import { type FreshDatabase, fixedClock, freshDatabase } from './testing.ts';

const room = 'test_keys';
let directory: string;
let database: FreshDatabase;
let db: DatabasePool;
let purposes = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'praya-keys-'));
  database = await freshDatabase([{ name: room, directory, keyring: true }]);
  db = database.open(room);
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const minute = 60_000;
const lifetimes = { signForMs: 60 * minute, overlapMs: 10 * minute, keepMs: 600 * minute };

function ring(options: { algorithm?: 'ES256' | 'EdDSA'; masterKey?: Uint8Array; purpose?: string } = {}) {
  const now = fixedClock('2026-01-01T00:00:00.000Z');
  const { algorithm = 'ES256', masterKey = database.masterKey, purpose = `purpose-${++purposes}` } = options;
  return {
    now,
    purpose,
    keyring: createKeyring({ db, masterKey, room, purpose, algorithm, now, lifetimes }),
  };
}

const states = (keys: { kid: string; state: string }[]) =>
  Object.fromEntries(keys.map((key) => [key.state, key.kid]));

test.each(['ES256', 'EdDSA'] as const)('signs with %s what its published key verifies', async (algorithm) => {
  const { keyring } = ring({ algorithm });
  const key = await keyring.signingKey();
  const payload = new TextEncoder().encode('a consent');
  const jws = await new CompactSign(payload)
    .setProtectedHeader({ alg: algorithm, kid: key.kid })
    .sign(key.privateKey);
  const published = (await keyring.published()).find((one) => one.kid === key.kid);
  const answer = await compactVerify(jws, await importJWK(published?.jwk ?? {}));
  expect(answer.payload).toEqual(payload);
  expect(Object.keys(published?.jwk ?? {})).not.toContain('d');
});

test('signs raw bytes with Ed25519', async () => {
  const { privateKey } = await ring({ algorithm: 'EdDSA' }).keyring.signingKey();
  const bytes = Buffer.from('a checkpoint');
  expect(verify(null, bytes, privateKey, sign(null, bytes, privateKey))).toBe(true);
});

test('publishes the next key before it signs', async () => {
  const { keyring } = ring();
  const before = states(await keyring.published());
  await keyring.rotate();
  const after = states(await keyring.published());
  expect((await keyring.signingKey()).kid).toBe(before.next);
  expect(after).toMatchObject({ current: before.next, retired: before.current });
  expect(after.next).not.toBe(before.next);
});

test('keeps a retired key published with the end of its time until nobody can need it', async () => {
  const { keyring, now } = ring();
  const first = await keyring.signingKey();
  now.advance(minute);
  await keyring.rotate();
  const retired = (await keyring.published()).find((key) => key.kid === first.kid);
  expect(retired).toMatchObject({
    state: 'retired',
    validFrom: new Date('2026-01-01T00:00:00.000Z'),
    validUntil: new Date('2026-01-01T00:11:00.000Z'),
    revokedAt: null,
  });
  now.set('2026-01-01T10:10:59.000Z');
  expect((await keyring.published()).map((key) => key.kid)).toContain(first.kid);
  now.set('2026-01-01T10:11:00.000Z');
  expect((await keyring.published()).map((key) => key.kid)).not.toContain(first.kid);
});

test('rotates by itself when the time of the current key is over', async () => {
  const { keyring, now } = ring();
  const first = await keyring.signingKey();
  now.advance(60 * minute - 1);
  expect((await keyring.signingKey()).kid).toBe(first.kid);
  now.advance(1);
  const second = await keyring.signingKey();
  expect(second.kid).not.toBe(first.kid);
  const current = (await keyring.published()).find((key) => key.kid === second.kid);
  expect(current?.validUntil).toEqual(new Date('2026-01-01T02:10:00.000Z'));
});

test('a revoked current key signs no more and is published as revoked', async () => {
  const { keyring } = ring();
  const { current, next } = states(await keyring.published());
  expect(await keyring.revoke(current ?? '')).toBe(true);
  expect((await keyring.signingKey()).kid).toBe(next);
  const revoked = (await keyring.published()).find((key) => key.kid === current);
  expect(revoked).toMatchObject({ state: 'revoked', revokedAt: new Date('2026-01-01T00:00:00.000Z') });
  expect(await keyring.revoke(current ?? '')).toBe(false);
});

test('a revoked next key is replaced before it ever signs', async () => {
  const { keyring } = ring();
  const { current, next } = states(await keyring.published());
  expect(await keyring.revoke(next ?? '')).toBe(true);
  expect((await keyring.signingKey()).kid).toBe(current);
  expect(states(await keyring.published()).next).not.toBe(next);
});

test('revokes no key of another purpose', async () => {
  const { kid } = await ring().keyring.signingKey();
  expect(await ring().keyring.revoke(kid)).toBe(false);
});

test('opens no key under another master key, another purpose or another kid', async () => {
  const { keyring, purpose } = ring();
  const { kid } = await keyring.signingKey();
  await expect(ring({ purpose, masterKey: new Uint8Array(32).fill(8) }).keyring.signingKey()).rejects.toThrow(
    'does not open',
  );
  const { keyring: other, purpose: otherPurpose } = ring();
  await other.signingKey();
  await db`update signing_keys as mine set sealed_private = theirs.sealed_private
    from signing_keys as theirs where theirs.kid = ${kid} and mine.purpose = ${otherPurpose} and mine.state = 'current'`;
  await expect(ring({ purpose: otherPurpose }).keyring.signingKey()).rejects.toThrow('does not open');
});

test('keeps no private half in the clear', async () => {
  const { keyring } = ring();
  const { privateKey, kid } = await keyring.signingKey();
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const [row] = await db`select sealed_private, public_jwk::text as jwk from signing_keys where kid = ${kid}`;
  expect(row?.sealed_private.includes(secret)).toBe(false);
  expect(row?.jwk).not.toContain('"d"');
});

test('processes that start together make one first key, and one of them rotates', async () => {
  const script = fileURLToPath(new URL('../../tests/support/key-racer.ts', import.meta.url));
  const startAt = String(Date.now() + 1_500);
  const racer = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      database.url(room),
      room,
      startAt,
    ]);
    return JSON.parse(stdout) as { first: string; rotated: boolean; kid: string };
  };
  const racers = await Promise.all([racer(), racer(), racer()]);
  expect(new Set(racers.map(({ first }) => first)).size).toBe(1);
  expect(new Set(racers.map(({ kid }) => kid)).size).toBe(1);
  expect(racers.filter(({ rotated }) => rotated)).toHaveLength(1);
  const kept = await db`select state from signing_keys where purpose = 'race' order by state`;
  expect(kept.map(({ state }) => state)).toEqual(['current', 'next', 'retired']);
});
