import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring } from '@praya/kernel/keyring';
import { fixedClock, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { CompactEncrypt, generateKeyPair, importJWK, UnsecuredJWT } from 'jose';
import { expect, test } from 'vitest';
import { lookForPersonalData } from './blindness.ts';

const NAME = 'CHAN, Siu Ming';
const NOTHING = Buffer.from('POST /praya/v1/exchanges HTTP/1.1');

async function lookThrough(about: { wire?: Buffer; log?: string; seal?: 'ours' | 'theirs'; row?: string }) {
  await using fresh = await freshDatabase([{ ...migrationsOf('directory'), keyring: true }]);
  const dataDirectory = mkdtempSync(join(tmpdir(), 'praya-blind-'));
  try {
    mkdirSync(join(dataDirectory, 'secrets'));
    mkdirSync(join(dataDirectory, 'logs'));
    const key = Buffer.from(fresh.masterKey).toString('base64url');
    writeFileSync(join(dataDirectory, 'secrets', 'master.key'), key, { mode: 0o600 });
    writeFileSync(join(dataDirectory, 'logs', 'platform.log'), about.log ?? '');
    const db = fresh.open('directory');
    const { masterKey } = fresh;
    const now = fixedClock('2026-11-22T00:00:00Z');
    const ring = createKeyring({
      db,
      masterKey,
      room: 'directory',
      purpose: 'test',
      algorithm: 'ES256',
      now,
    });
    const { jwk } = await ring.signingKey();
    await db.unsafe('create table notes (text text)');
    await db`insert into notes values (${about.row ?? 'nothing personal'})`;
    const sealed = about.seal === undefined ? NOTHING : Buffer.from(await sealTo(about.seal, jwk));
    const wire = about.wire ?? sealed;
    return await lookForPersonalData({ delivered: [NAME], wire, databaseUrl: fresh.adminUrl, dataDirectory });
  } finally {
    rmSync(dataDirectory, { recursive: true });
  }
}

async function sealTo(whom: 'ours' | 'theirs', jwk: { kty: string; crv: string; x: string; y?: string }) {
  const { kty, crv, x, y = '' } = jwk;
  const ours = await importJWK({ kty, crv, x, y }, 'ECDH-ES');
  const theirs = (await generateKeyPair('ECDH-ES', { crv: 'P-256' })).publicKey;
  return new CompactEncrypt(Buffer.from(NAME))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(whom === 'ours' ? ours : theirs);
}

test('a city that holds nothing personal is blind', async () => {
  const found = await lookThrough({});
  expect(found.findings).toEqual([]);
  expect(found.keysTried).toBeGreaterThan(0);
});

test('a name on a wire is found', async () => {
  const found = await lookThrough({ wire: Buffer.from(`{"nameEn":"${NAME}"}`) });
  expect(found.findings).toEqual(['in the clear: wire']);
});

test('a name in a table is found', async () => {
  expect((await lookThrough({ row: NAME })).findings).toEqual(['in the clear: database']);
});

test('a name in a log is found', async () => {
  expect((await lookThrough({ log: `{"name":"${NAME}"}` })).findings).toEqual(['in the clear: logs']);
});

test('a name that was only encoded into a token is found', async () => {
  const wire = Buffer.from(new UnsecuredJWT({ name: NAME }).encode());
  expect((await lookThrough({ wire })).findings).toEqual(['signed only: wire']);
});

test('a message sealed to a key of the platform is opened and found', async () => {
  expect((await lookThrough({ seal: 'ours' })).findings).toEqual(['opened by a key of the platform']);
});

test('a message sealed to somebody else stays closed', async () => {
  const found = await lookThrough({ seal: 'theirs' });
  expect(found.sealedMessages).toBe(1);
  expect(found.findings).toEqual([]);
});
