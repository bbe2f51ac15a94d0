import { createHash, createPublicKey, verify } from 'node:crypto';
import { decodeBase64 } from '@praya/tlog/base64';
import { type Checkpoint, openCheckpoint } from '@praya/tlog/checkpoint';
import { verifyConsistency } from '@praya/tlog/consistency-proof';
import { verifyInclusion } from '@praya/tlog/inclusion-proof';
import { leafHash } from '@praya/tlog/merkle-hash';
import { type Ed25519Verify, parseVerifierKey } from '@praya/tlog/note';
import { describe, expect, test } from 'vitest';
import { EVIDENCE, type Ledger, type LogProof } from './contract.ts';

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

/** The origin of the log of evidence. */
export async function evidenceOf(ledger: Ledger): Promise<string> {
  const opened = await ledger.open(EVIDENCE);
  if (!opened.ok) throw new Error(opened.refusal.code);
  return opened.value.origin;
}

/** Opens a checkpoint as anybody would, by the log's published key. */
export async function opened(ledger: Ledger, note: string): Promise<Checkpoint> {
  const origin = note.split('\n', 1)[0] ?? '';
  const vkey = (await ledger.identities()).logs.find((log) => log.origin === origin)?.vkey ?? '';
  const key = parseVerifierKey(hasher, vkey);
  if (!key.ok) throw new Error(key.refusal.code);
  const checkpoint = openCheckpoint(note, { origin, keys: [key.value], verify: ed25519 });
  if (!checkpoint.ok) throw new Error(checkpoint.refusal.code);
  return checkpoint.value;
}

/** Whether the proof leads from the entry to its signed checkpoint. */
export async function proves(ledger: Ledger, proof: LogProof, entry: Uint8Array): Promise<boolean> {
  const { size, root } = await opened(ledger, proof.checkpoint);
  const claim = { index: proof.index, size, leafHash: leafHash(hasher, entry), root };
  return verifyInclusion(hasher, { ...claim, proof: proof.proof.map(fromBase64) }).ok;
}

/** What every ledger does, the real one and the double. */
export function ledgerSuite(
  name: string,
  withLedger: (use: (ledger: Ledger) => Promise<void>) => Promise<void>,
) {
  describe(name, () => {
    test('an appended entry comes back with a proof that verifies', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 5; n += 1) {
          const proof = await appended(ledger, n);
          expect(proof.index).toBe(n);
          expect(await proves(ledger, proof, commitmentOf(n))).toBe(true);
          expect(await proves(ledger, proof, commitmentOf(n + 1))).toBe(false);
        }
      }));

    test('an entry sent again gets the same place', () =>
      withLedger(async (ledger) => {
        await appended(ledger, 1);
        await appended(ledger, 2);
        const again = await appended(ledger, 1);
        expect(again.index).toBe(0);
        expect(await proves(ledger, again, commitmentOf(1))).toBe(true);
        const origin = await evidenceOf(ledger);
        expect((await opened(ledger, expectNote(await ledger.checkpoint(origin)))).size).toBe(2);
      }));

    test('many get their places in the order given, a repeated one the first', () =>
      withLedger(async (ledger) => {
        const entries = [7, 8, 7, 9].map(commitmentOf);
        const placed = await ledger.sequence(entries);
        expect(placed.ok && placed.value.map(({ index }) => index)).toEqual([0, 1, 0, 2]);
      }));

    test.each([
      ['no entry at all', [], 'ledger.batch-size'],
      ['an empty entry', [new Uint8Array()], 'ledger.entry-size'],
      ['an entry too long for its length', [new Uint8Array(65_536)], 'ledger.entry-size'],
      ['too many', Array.from({ length: 10_001 }, () => new Uint8Array(1)), 'ledger.batch-size'],
      ['too much', Array.from({ length: 65 }, () => new Uint8Array(65_535)), 'ledger.batch-size'],
    ])('%s is refused', (_what, entries, code) =>
      withLedger(async (ledger) => {
        expect(await ledger.sequence(entries)).toMatchObject({ refusal: { code } });
      }),
    );

    test('entries of every length fit, and one bad one keeps all out', () =>
      withLedger(async (ledger) => {
        const entries = [1, 2, 31, 32, 255, 256, 65_535].map((length) => new Uint8Array(length).fill(length));
        expect(await ledger.sequence([...entries, new Uint8Array()])).toMatchObject({ ok: false });
        const placed = await ledger.sequence(entries);
        expect(placed.ok && placed.value.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      }));

    test('a log without entries has no checkpoint and no proofs; a log that is not there has nothing', () =>
      withLedger(async (ledger) => {
        const origin = await evidenceOf(ledger);
        expect(await ledger.checkpoint(origin)).toMatchObject({
          refusal: { code: 'ledger.checkpoint-unknown' },
        });
        expect((await ledger.proofOf({ origin, index: 0 })).ok).toBe(false);
        const unknown = { refusal: { code: 'ledger.log-unknown' } };
        expect(await ledger.checkpoint('log.test/log/nobody/2026h2')).toMatchObject(unknown);
        expect(await ledger.proofOf({ origin: 'x', index: 0 })).toMatchObject(unknown);
        expect(await ledger.append(commitmentOf(1), 'nobody')).toMatchObject(unknown);
        expect(await ledger.file('x', 'tile/0/000')).toMatchObject(unknown);
        expect(await ledger.consistency('x', { from: 1, to: 1 })).toMatchObject(unknown);
        expect(await ledger.ownerOf('nobody')).toMatchObject(unknown);
      }));

    test('a tenant has a log of its own, with its own key and its own places', () =>
      withLedger(async (ledger) => {
        await appended(ledger, 1);
        const lands = await ledger.open('lands', 'org_lands');
        const again = await ledger.open('lands', 'org_other');
        expect(lands.ok && again.ok && lands.value.origin === again.value.origin).toBe(true);
        expect(await ledger.ownerOf('lands')).toEqual({ ok: true, value: 'org_lands' });
        const proof = await ledger.append(commitmentOf(2), 'lands');
        if (!proof.ok) throw new Error(proof.refusal.code);
        expect(proof.value.index).toBe(0);
        expect(await proves(ledger, proof.value, commitmentOf(2))).toBe(true);
        const { logs } = await ledger.identities();
        expect(new Set(logs.map(({ vkey }) => vkey)).size).toBe(2);
        expect(await ledger.open('Not a tenant')).toMatchObject({
          refusal: { code: 'ledger.tenant-malformed' },
        });
      }));

    test('a proof can be had for a published size, and not beyond', () =>
      withLedger(async (ledger) => {
        const sizes: number[] = [];
        for (let n = 0; n < 7; n += 1)
          sizes.push((await opened(ledger, (await appended(ledger, n)).checkpoint)).size);
        const origin = await evidenceOf(ledger);
        for (const size of new Set(sizes)) {
          const proof = await ledger.proofOf({ origin, index: size - 1 }, size);
          if (!proof.ok) throw new Error(proof.refusal.code);
          expect((await opened(ledger, proof.value.checkpoint)).size).toBe(size);
          expect(await proves(ledger, proof.value, commitmentOf(size - 1))).toBe(true);
        }
        expect(await ledger.proofOf({ origin, index: 7 })).toMatchObject({
          refusal: { code: 'ledger.index-out-of-range' },
        });
        expect(await ledger.proofOf({ origin, index: 0 }, 8)).toMatchObject({
          refusal: { code: 'ledger.size-out-of-range' },
        });
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
        expect(await ledger.consistency(await evidenceOf(ledger), { from, to })).toMatchObject({
          refusal: { code: 'ledger.size-out-of-range' },
        });
      }),
    );

    test('tiles and entry bundles are there as far as the log goes', () =>
      withLedger(async (ledger) => {
        await Promise.all(Array.from({ length: 258 }, (_, n) => appended(ledger, n)));
        const origin = await evidenceOf(ledger);
        const paths = [
          'tile/0/000',
          'tile/0/001.p/2',
          'tile/0/001.p/1',
          'tile/1/000.p/1',
          'tile/entries/000',
        ];
        for (const path of paths) {
          const file = await ledger.file(origin, path);
          expect(file.ok && file.value.full, path).toBe(!path.includes('.p/'));
        }
        const tile = await ledger.file(origin, 'tile/0/000');
        const bundle = await ledger.file(origin, 'tile/entries/001.p/2');
        expect(tile.ok && tile.value.bytes.length).toBe(256 * 32);
        expect(bundle.ok && bundle.value.bytes.length).toBe(2 * 34);
      }));

    test('a log of three has no file beyond its end, and each file one name', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        const origin = await evidenceOf(ledger);
        expect(await ledger.file(origin, 'tile/0/000.p/3')).toMatchObject({ ok: true });
        for (const path of NO_FILES)
          expect(await ledger.file(origin, path), path).toMatchObject({
            refusal: { code: 'ledger.tile-unknown' },
          });
      }));

    test('a log that nobody touched is sound', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        expect(await ledger.checkIntegrity(await evidenceOf(ledger))).toMatchObject({
          sound: true,
          size: 3,
          faults: [],
        });
      }));

    test('what the explorer shows adds up', () =>
      withLedger(async (ledger) => {
        for (let n = 0; n < 3; n += 1) await appended(ledger, n);
        const [view] = await ledger.logs();
        expect(view).toMatchObject({
          tenant: EVIDENCE,
          sequenced: 3,
          integrated: 3,
          published: 3,
          halted: null,
        });
        const published = await ledger.checkpoints(view?.origin ?? '', { limit: 1 });
        expect(published.ok && published.value.map(({ size }) => size)).toEqual([3]);
      }));
  });
}

async function appended(ledger: Ledger, n: number): Promise<LogProof> {
  const proof = await ledger.append(commitmentOf(n));
  if (!proof.ok) throw new Error(proof.refusal.code);
  return proof.value;
}

function expectNote(result: Awaited<ReturnType<Ledger['checkpoint']>>): string {
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

async function isConsistent(ledger: Ledger, earlier: Checkpoint, later: Checkpoint): Promise<boolean> {
  const origin = await evidenceOf(ledger);
  const proof = await ledger.consistency(origin, { from: earlier.size, to: later.size });
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
