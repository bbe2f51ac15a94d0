import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { encodeBase64 } from '@praya/tlog/base64';
import { buildConsistencyProof } from '@praya/tlog/consistency-proof';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from '@praya/tlog/frontier';
import { buildInclusionProof } from '@praya/tlog/inclusion-proof';
import { childrenHash, leafHash } from '@praya/tlog/merkle-hash';
import { encodeTile, parseTilePath, TILE_WIDTH } from '@praya/tlog/tiles';
import type { NodeReader } from '@praya/tlog/tree-range';
import type { Ledger, LedgerRefusal, LogFile, LogProof } from './contract.ts';
import { hasher, isCommitment } from './rules.ts';
import { signCheckpoint, verifierKey } from './service/sign-checkpoint.ts';

/** A whole log in memory, with proofs that verify and a key of its own. */
export function createFakeLedger(about: { readonly origin?: string } = {}): Ledger {
  const log = { origin: about.origin ?? 'log.test/log', signer: signerOf(generateKeyPairSync('ed25519')) };
  const entries: Uint8Array[] = [];
  const checkpointAt = (size: number) => signCheckpoint(log, { size, root: rootAt(entries, size) });
  const prove = async (index: number, size: number): Promise<Result<LogProof, LedgerRefusal>> => {
    const proof = buildInclusionProof(hasher, readerOf(entries), { index, size });
    if (!proof.ok) return refuse('ledger.index-out-of-range');
    const checkpoint = await checkpointAt(size);
    return ok({ origin: log.origin, index, proof: proof.value.map(encodeBase64), checkpoint });
  };
  return {
    append: async (commitment) => {
      if (!isCommitment(commitment)) return refuse('ledger.entry-size');
      const place = entries.findIndex((entry) => Buffer.compare(entry, commitment) === 0);
      const index = place < 0 ? entries.push(Uint8Array.from(commitment)) - 1 : place;
      return prove(index, entries.length);
    },
    proofOf: async (index, size = entries.length) =>
      size > entries.length || size < 0 ? refuse('ledger.size-out-of-range') : prove(index, size),
    consistency: async (sizes) => {
      if (sizes.to > entries.length) return refuse('ledger.size-out-of-range');
      const proof = buildConsistencyProof(hasher, readerOf(entries), sizes);
      if (!proof.ok) return refuse('ledger.size-out-of-range');
      return ok(proof.value.map(encodeBase64));
    },
    checkpoint: () => checkpointAt(entries.length),
    identity: async () => ({ origin: log.origin, vkey: await verifierKey(log) }),
    file: async (path) => fileOf(entries, path),
    checkIntegrity: async () => {
      const root = encodeBase64(rootAt(entries, entries.length));
      return { sound: true, size: entries.length, root };
    },
  };
}

function signerOf(pair: { privateKey: KeyObject; publicKey: KeyObject }) {
  const { x = '' } = pair.publicKey.export({ format: 'jwk' });
  return { signingKey: async () => ({ privateKey: pair.privateKey, jwk: { x } }) };
}

function readerOf(entries: readonly Uint8Array[]): NodeReader {
  const read: NodeReader = (level, index) => {
    if (level === 0) return leafHash(hasher, entries[index] ?? new Uint8Array());
    return childrenHash(hasher, read(level - 1, index * 2), read(level - 1, index * 2 + 1));
  };
  return read;
}

function rootAt(entries: readonly Uint8Array[], size: number): Uint8Array {
  const leaves = entries.slice(0, size).map((entry) => leafHash(hasher, entry));
  return frontierRoot(hasher, appendLeafHashes(hasher, EMPTY_FRONTIER, leaves).frontier);
}

function fileOf(entries: readonly Uint8Array[], path: string): Result<LogFile, LedgerRefusal> {
  const parsed = parseTilePath(path);
  if (!parsed.ok) return refuse('ledger.tile-unknown');
  const { level, index, width } = parsed.value;
  const span = level === 'entries' ? 1 : TILE_WIDTH ** level;
  const first = index * TILE_WIDTH;
  if ((first + width) * span > entries.length) return refuse('ledger.tile-unknown');
  const full = width === TILE_WIDTH;
  if (level === 'entries') return ok({ bytes: encodeEntries(entries.slice(first, first + width)), full });
  const read = readerOf(entries);
  const hashes = Array.from({ length: width }, (_, at) => read(level * 8, first + at));
  return ok({ bytes: encodeTile(hashes), full });
}
