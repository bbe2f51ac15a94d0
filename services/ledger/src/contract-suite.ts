import { createHash, createPublicKey, verify } from 'node:crypto';
import { decodeBase64 } from '@praya/tlog/base64';
import { type Checkpoint, openCheckpoint } from '@praya/tlog/checkpoint';
import { verifyConsistency } from '@praya/tlog/consistency-proof';
import { verifyInclusion } from '@praya/tlog/inclusion-proof';
import { leafHash } from '@praya/tlog/merkle-hash';
import { type Ed25519Verify, parseVerifierKey } from '@praya/tlog/note';
import { describe, expect, test } from 'vitest';
import type { Ledger, LogProof } from './contract.ts';

const hasher = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

const NO_FILES = [
  'tile/0/000',
  'tile/0/000.p/4',
  'tile/0/000.p/0',
  'tile/0/000.p/03',
  'tile/0/000.p/256',
  'tile/0/0',
  'tile/00/000.p/3',
  'tile/0/x000/000.p/3',
  'tile/0/999.p/1',
  'tile/0/x999/x999/x999/x999/999.p/1',
  'tile/1/000.p/1',
  'tile/9/000.p/1',
  'tile/63/000.p/1',
  'tile/64/000.p/1',
  'tile/entries/000',
  'tile/entries/001.p/1',
  'tile/entries/x999/x999/x999/x999/999.p/1',
  'tile/0/../0/000.p/3',
  '/tile/0/000.p/3',
  'checkpoint',
  '',
];

/** The n-th commitment of the tests. */
export function commitmentOf(n: number): Uint8Array {
  return hasher(new TextEncoder().encode(`commitment ${n}`));
}

/** Opens a checkpoint of this ledger as anybody would, by its published key. */
export async function opened(ledger: Ledger, note: string): Promise<Checkpoint> {
  const { origin, vkey } = await ledger.identity();
  const key = parseVerifierKey(hasher, vkey);
  if (!key.ok) throw new Error(key.refusal.code);
  const checkpoint = openCheckpoint(note, { origin, keys: [key.value], verify: ed25519 });
  if (!checkpoint.ok) throw new Error(checkpoint.refusal.code);
  return checkpoint.value;
}

/** Whether the proof leads from the commitment to its signed checkpoint. */
export async function proves(ledger: Ledger, proof: LogProof, commitment: Uint8Array): Promise<boolean> {
  const { size, root } = await opened(ledger, proof.checkpoint);
  const claim = { index: proof.index, size, leafHash: leafHash(hasher, commitment), root };
  return verifyInclusion(hasher, { ...claim, proof: proof.proof.map(fromBase64) }).ok;
}

/** What every ledger does, the real one and the double. */
export function ledgerSuite(
  name: string,
  withLedger: (use: (ledger: Ledger) => Promise<void>) => Promise<void>,
) {
  describe(name, () => {
    test('an appended commitment comes back with a proof that verifies', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 5; n += 1) {
          const proof = await appended(ledger, n);
          expect(proof.index).toBe(n);
          expect(await proves(ledger, proof, commitmentOf(n))).toBe(true);
          expect(await proves(ledger, proof, commitmentOf(n + 1))).toBe(false);
        }
      }));

    test('a commitment sent again gets the same place', () =>
      withLedger(async (ledger) => {
        await appended(ledger, 1);
        await appended(ledger, 2);
        const again = await appended(ledger, 1);
        expect(again.index).toBe(0);
        expect(await proves(ledger, again, commitmentOf(1))).toBe(true);
        expect((await opened(ledger, await ledger.checkpoint())).size).toBe(2);
      }));

    test.each([0, 31, 33])('an entry of %i bytes is refused', (length) =>
      withLedger(async (ledger) => {
        expect(await ledger.append(new Uint8Array(length))).toMatchObject({
          refusal: { code: 'ledger.entry-size' },
        });
      }),
    );

    test('an empty log has a checkpoint of size 0 and no proofs', () =>
      withLedger(async (ledger) => {
        const { size, root } = await opened(ledger, await ledger.checkpoint());
        expect([size, Buffer.from(root).toString('hex')]).toEqual([
          0,
          hasher(new Uint8Array()).toString('hex'),
        ]);
        expect(await ledger.proofOf(0)).toMatchObject({ refusal: { code: 'ledger.index-out-of-range' } });
      }));

    test('a proof can be had for every earlier size', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 7; n += 1) await appended(ledger, n);
        for (let size = 1; size <= 7; size += 1) {
          const proof = await ledger.proofOf(size - 1, size);
          if (!proof.ok) throw new Error(proof.refusal.code);
          expect((await opened(ledger, proof.value.checkpoint)).size).toBe(size);
          expect(await proves(ledger, proof.value, commitmentOf(size - 1))).toBe(true);
        }
        expect(await ledger.proofOf(3, 3)).toMatchObject({ refusal: { code: 'ledger.index-out-of-range' } });
        expect(await ledger.proofOf(0, 8)).toMatchObject({ refusal: { code: 'ledger.size-out-of-range' } });
      }));

    test('two checkpoints are consistent, and the proof says so', () =>
      withLedger(async (ledger) => {
        const heads: Checkpoint[] = [];
        for (let n = 0; n < 6; n += 1)
          heads.push(await opened(ledger, (await appended(ledger, n)).checkpoint));
        for (const [at, earlier] of heads.entries()) {
          for (const later of heads.slice(at)) expect(await isConsistent(ledger, earlier, later)).toBe(true);
        }
      }));

    test.each([
      [0, 1],
      [2, 1],
      [1, 4],
    ])('no consistency from %i to %i in a log of three', (from, to) =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        expect(await ledger.consistency({ from, to })).toMatchObject({
          refusal: { code: 'ledger.size-out-of-range' },
        });
      }),
    );

    test('tiles and entry bundles are there as far as the log goes', () =>
      withLedger(async (ledger) => {
        await Promise.all(Array.from({ length: 258 }, (_, n) => appended(ledger, n)));
        const paths = [
          'tile/0/000',
          'tile/0/001.p/2',
          'tile/0/001.p/1',
          'tile/1/000.p/1',
          'tile/entries/000',
        ];
        for (const path of paths) {
          const file = await ledger.file(path);
          expect(file.ok && file.value.full, path).toBe(!path.includes('.p/'));
        }
        const tile = await ledger.file('tile/0/000');
        const bundle = await ledger.file('tile/entries/001.p/2');
        expect(tile.ok && tile.value.bytes.length).toBe(256 * 32);
        expect(bundle.ok && bundle.value.bytes.length).toBe(2 * 34);
      }));

    test('a log of three has no file beyond its end, and each file one name', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        expect(await ledger.file('tile/0/000.p/3')).toMatchObject({ ok: true });
        for (const path of NO_FILES)
          expect(await ledger.file(path), path).toMatchObject({ refusal: { code: 'ledger.tile-unknown' } });
      }));

    test('a log that nobody touched is sound', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        expect(await ledger.checkIntegrity()).toMatchObject({ sound: true, size: 3 });
      }));
  });
}

async function appended(ledger: Ledger, n: number): Promise<LogProof> {
  const proof = await ledger.append(commitmentOf(n));
  if (!proof.ok) throw new Error(proof.refusal.code);
  return proof.value;
}

async function isConsistent(ledger: Ledger, earlier: Checkpoint, later: Checkpoint): Promise<boolean> {
  const proof = await ledger.consistency({ from: earlier.size, to: later.size });
  if (!proof.ok) return false;
  return verifyConsistency(hasher, {
    from: earlier.size,
    to: later.size,
    fromRoot: earlier.root,
    toRoot: later.root,
    proof: proof.value.map(fromBase64),
  }).ok;
}

const ed25519: Ed25519Verify = ({ publicKey, message, signature }) => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
};

function fromBase64(text: string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === null) throw new Error(`Not base64: ${text}`);
  return bytes;
}
