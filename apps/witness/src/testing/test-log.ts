import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { buildConsistencyProof } from '@praya/tlog/consistency-proof';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot, readFrontier } from '@praya/tlog/frontier';
import { leafHash } from '@praya/tlog/merkle-hash';
import { formatVerifierKey, signNote, verifierKeyOf } from '@praya/tlog/note';
import { formatAddCheckpoint } from '@praya/tlog/witness-request';
import { sha256 } from '../keys.ts';

/** A log in memory that shows whatever it is asked to. */
export type TestLog = {
  readonly origin: string;
  readonly vkey: string;
  root(size: number): Uint8Array;
  note(size: number, other?: { root?: Uint8Array; origin?: string }): string;
  proof(from: number, to: number): readonly Uint8Array[];
  /** A request as a log sends it. */
  request(old: number, size: number): string;
  /** The same key, the same entries up to `until`, and others from there. */
  forkedAt(until: number): TestLog;
};

const LEAVES = 40;

export function createTestLog(origin: string, key: KeyObject = newKey()): TestLog {
  const common = Array.from({ length: LEAVES }, (_, index) => entry(index, 'kept'));
  return logOf(origin, { key, leaves: common });
}

function logOf(origin: string, made: { key: KeyObject; leaves: readonly Uint8Array[] }): TestLog {
  const { key, leaves } = made;
  const { completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
  const nodes = new Map(completed.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  const read = (level: number, index: number) => nodes.get(`${level}/${index}`) ?? new Uint8Array();
  const verifier = verifierKeyOf(sha256, origin, publicBytes(key));
  const signer = { ...verifier, sign: (message: Uint8Array) => sign(null, message, key) };
  const log: TestLog = {
    origin,
    vkey: formatVerifierKey(verifier),
    root: (size) => new Uint8Array(frontierRoot(sha256, readFrontier(size, read))),
    note: (size, other = {}) =>
      signNote(
        formatCheckpoint({
          origin: other.origin ?? origin,
          size,
          root: other.root ?? log.root(size),
          extensions: [],
        }),
        signer,
      ),
    proof: (from, to) => {
      const proof = from === 0 ? undefined : buildConsistencyProof(sha256, read, { from, to });
      return proof?.ok === true ? proof.value : [];
    },
    request: (old, size) =>
      formatAddCheckpoint({ old, proof: log.proof(old, size), checkpoint: log.note(size) }),
    forkedAt: (until) =>
      logOf(origin, {
        key,
        leaves: leaves.map((leaf, index) => (index < until ? leaf : entry(index, 'other'))),
      }),
  };
  return log;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

function entry(index: number, kind: string): Uint8Array {
  return leafHash(sha256, new TextEncoder().encode(`${kind} ${index}`));
}

function publicBytes(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url'));
}
