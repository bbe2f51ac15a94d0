import { createHash, randomBytes } from 'node:crypto';
import { systemClock } from '@praya/kernel/clock';
import { claimedPayload } from '@praya/kernel/jws';
import { expectValue } from '@praya/kernel/result';
import { testMasterKey } from '@praya/kernel/testing';
import { childrenHash, leafHash } from '@praya/verifier/merkle';
import { readCheckpoint, verifyNote } from '@praya/verifier/signed-note';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRooms } from '../../apps/platform/src/rooms.ts';
import { type ComposedCity, composeCity } from '../support/composed-city.ts';

const ENTRIES = 600;
const WIDTH = 256;
const HASH_BYTES = 32;

let city: ComposedCity;
let checkpoint: { origin: string; size: number; root: Uint8Array };
let note: string;
let files: string;
let commitments: Uint8Array[];

beforeAll(async () => {
  city = await composeCity();
  const rooms = createRooms({ config: city.config, masterKey: testMasterKey, now: systemClock });
  commitments = Array.from({ length: ENTRIES }, () => randomBytes(HASH_BYTES));
  const placed = await Promise.all(commitments.map((commitment) => rooms.ledger.append(commitment)));
  for (const proof of placed) expectValue(proof);
  await rooms.close();
  const trust = await (await fetch(`${city.origin}/directory/v1/trust-list`)).text();
  const { logs } = claimedPayload(trust) as { logs: { origin: string; vkey: string }[] };
  const [log = { origin: '', vkey: '' }] = logs;
  files = `${city.origin}${log.origin.slice(log.origin.indexOf('/'))}`;
  note = await (await fetch(`${files}/checkpoint`)).text();
  const opened = await verifyNote(note, log.vkey);
  if (!opened.ok) throw new Error('The checkpoint is not signed by the log of the trust list');
  const read = readCheckpoint(opened.value);
  if (!read.ok) throw new Error('The checkpoint cannot be read');
  checkpoint = read.value;
  expect(checkpoint.origin).toBe(log.origin);
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

/** The names of a level's files for a tree of this size: full ones, then perhaps a part. */
function namesOf(count: number): string[] {
  const names = Array.from({ length: Math.floor(count / WIDTH) }, (_full, at) => String(at).padStart(3, '0'));
  const rest = count % WIDTH;
  return rest === 0 ? names : [...names, `${String(names.length).padStart(3, '0')}.p/${rest}`];
}

async function file(path: string): Promise<{ bytes: Uint8Array; headers: Headers }> {
  const response = await fetch(`${files}/tile/${path}`);
  expect(response.status, path).toBe(200);
  return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers };
}

async function level(number: number, count: number): Promise<Uint8Array[]> {
  const files = await Promise.all(namesOf(count).map((name) => file(`${number}/${name}`)));
  return files.flatMap(({ bytes }) => chunks(bytes));
}

function chunks(bytes: Uint8Array): Uint8Array[] {
  expect(bytes.length % HASH_BYTES).toBe(0);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_hash, at) =>
    bytes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

// C2SP tlog-tiles: each entry after its length in two bytes, big endian.
function entriesOf(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

/** RFC 9162 §2.1.1: the root over leaf hashes. */
async function rootOf(hashes: readonly Uint8Array[]): Promise<Uint8Array> {
  const [only] = hashes;
  if (only === undefined) return new Uint8Array(createHash('sha256').digest());
  if (hashes.length === 1) return only;
  const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1);
  const [left, right] = await Promise.all([rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split))]);
  return childrenHash(left, right);
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');

describe('C2SP tlog-tiles, over HTTP', () => {
  test('§ Checkpoints: a signed note as text/plain, of all that was appended', async () => {
    const { headers } = await fetch(`${files}/checkpoint`);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(checkpoint.size).toBeGreaterThanOrEqual(ENTRIES);
    expect(note.split('\n')).toEqual([
      checkpoint.origin,
      String(checkpoint.size),
      Buffer.from(checkpoint.root).toString('base64'),
      '',
      expect.stringMatching(/^— \S+ \S+$/),
      '',
    ]);
  });

  test('§ Merkle tree: the tiles of level 0 rebuild the root of the checkpoint', async () => {
    const leaves = await level(0, checkpoint.size);
    expect(leaves).toHaveLength(checkpoint.size);
    expect(hex(await rootOf(leaves))).toBe(hex(checkpoint.root));
  });

  test('§ Merkle tree: the tiles of level 1 are the roots of the full ones below', async () => {
    const leaves = await level(0, checkpoint.size);
    const above = await level(1, Math.floor(checkpoint.size / WIDTH));
    expect(above.length).toBeGreaterThanOrEqual(2);
    for (const [at, hash] of above.entries())
      expect(hex(await rootOf(leaves.slice(at * WIDTH, (at + 1) * WIDTH)))).toBe(hex(hash));
  });

  test('§ Log entries: the bundles hold the entries whose hashes the tiles are, each one commitment', async () => {
    const bundles = await Promise.all(namesOf(checkpoint.size).map((name) => file(`entries/${name}`)));
    const entries = bundles.flatMap(({ bytes }) => entriesOf(bytes));
    const leaves = await level(0, checkpoint.size);
    expect(entries).toHaveLength(checkpoint.size);
    expect(new Set(entries.map(({ length }) => length))).toEqual(new Set([HASH_BYTES]));
    const hashes = await Promise.all(entries.map(leafHash));
    expect(hashes.map(hex)).toEqual(leaves.map(hex));
    const known = new Set(entries.map(hex));
    expect(commitments.every((commitment) => known.has(hex(commitment)))).toBe(true);
  });

  test('§ Parameters: full tiles are immutable to caches, and bytes', async () => {
    for (const path of ['0/000', '0/001', 'entries/000']) {
      const { headers } = await file(path);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('cache-control')).toMatch(/immutable/);
    }
  });

  test.each([
    '0/099',
    '0/002',
    '1/000',
    '64/000',
    '0/1',
    '0/0000',
    '0/000.p/0',
    '0/000.p/256',
    '0/x000/000',
    'entries/099',
    '-1/000',
  ])('§ Parameters: %s, which this log does not have, is not found', async (path) => {
    const response = await fetch(`${files}/tile/${path}`);
    expect([400, 404]).toContain(response.status);
    expect(response.headers.get('content-type')).toMatch(/problem\+json/);
    expect(response.headers.get('cache-control') ?? '').not.toMatch(/immutable/);
  });
});
