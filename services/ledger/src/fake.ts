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
import { EVIDENCE, type Ledger, type LedgerRefusal, type LogFile, type LogView } from './contract.ts';
import { signCheckpoint, verifierKey } from './publication/sign-checkpoint.ts';
import { entriesFault } from './rules.ts';
import { sha256 } from './sha256.ts';
import { isTenant } from './shards/shard-name.ts';

type FakeLog = {
  readonly origin: string;
  readonly tenant: string;
  readonly owner: string | null;
  readonly signer: ReturnType<typeof signerOf>;
  readonly entries: Uint8Array[];
};

const SHARD = '2026h2';

/** Whole logs in memory, with proofs that verify and keys of their own. Without witnesses. */
export function createFakeLedger(about: { readonly host?: string } = {}): Ledger {
  const host = about.host ?? 'log.test';
  const logs = new Map<string, FakeLog>();
  const open = (tenant: string, owner: string | null): FakeLog => {
    const log = logs.get(tenant) ?? {
      origin: `${host}/log/${tenant}/${SHARD}`,
      tenant,
      owner,
      signer: signerOf(generateKeyPairSync('ed25519')),
      entries: [],
    };
    logs.set(tenant, log);
    return log;
  };
  open(EVIDENCE, null);
  const logOf = (origin: string) => [...logs.values()].find((log) => log.origin === origin);

  const proofOf: Ledger['proofOf'] = async ({ origin, index }, size) => {
    const log = logOf(origin);
    if (log === undefined) return refuse('ledger.log-unknown');
    const treeSize = size ?? log.entries.length;
    if (treeSize < 1 || treeSize > log.entries.length) return refuse('ledger.size-out-of-range');
    const proof = buildInclusionProof(sha256, readerOf(log.entries), { index, size: treeSize });
    if (!proof.ok) return refuse('ledger.index-out-of-range');
    return ok({
      origin,
      index,
      proof: proof.value.map(encodeBase64),
      checkpoint: await checkpointAt(log, treeSize),
    });
  };
  const sequence: Ledger['sequence'] = async (entries, tenant = EVIDENCE) => {
    const log = logs.get(tenant);
    if (log === undefined) return refuse('ledger.log-unknown');
    const fault = entries.length === 0 ? 'ledger.batch-size' : entriesFault(entries);
    if (fault !== null) return refuse(fault);
    return ok(entries.map((entry) => ({ origin: log.origin, index: placeOf(log, entry) })));
  };

  return {
    sequence,
    append: async (entry, tenant) => {
      const placed = await sequence([entry], tenant);
      const [place] = placed.ok ? placed.value : [];
      if (place === undefined) return placed.ok ? refuse('ledger.batch-size') : placed;
      return proofOf(place);
    },
    proofOf,
    consistency: async (origin, sizes) => {
      const log = logOf(origin);
      if (log === undefined) return refuse('ledger.log-unknown');
      if (sizes.to > log.entries.length) return refuse('ledger.size-out-of-range');
      const proof = buildConsistencyProof(sha256, readerOf(log.entries), sizes);
      return proof.ok ? ok(proof.value.map(encodeBase64)) : refuse('ledger.size-out-of-range');
    },
    checkpoint: async (origin) => {
      const log = logOf(origin);
      if (log === undefined) return refuse('ledger.log-unknown');
      if (log.entries.length === 0) return refuse('ledger.checkpoint-unknown');
      return ok(await checkpointAt(log, log.entries.length));
    },
    checkpoints: async (origin) => {
      const log = logOf(origin);
      if (log === undefined) return refuse('ledger.log-unknown');
      const size = log.entries.length;
      const note = await checkpointAt(log, size);
      const root = encodeBase64(rootAt(log.entries, size));
      return ok(size === 0 ? [] : [{ size, root, note, publishedAt: OPENED }]);
    },
    file: async (origin, path) => {
      const log = logOf(origin);
      return log === undefined ? refuse('ledger.log-unknown') : fileOf(log.entries, path);
    },
    open: async (tenant, owner) =>
      isTenant(tenant) ? ok(await viewOf(open(tenant, owner ?? null))) : refuse('ledger.tenant-malformed'),
    ownerOf: async (tenant) => {
      const log = logs.get(tenant);
      return log === undefined ? refuse('ledger.log-unknown') : ok(log.owner);
    },
    logs: () => Promise.all([...logs.values()].map(viewOf)),
    identities: async () => ({
      logs: await Promise.all(
        [...logs.values()].map(async (log) => ({ origin: log.origin, vkey: await verifierKey(log) })),
      ),
      witnessPolicy: '',
    }),
    checkIntegrity: async (origin) => ({
      origin,
      size: logOf(origin)?.entries.length ?? 0,
      sound: true,
      faults: [],
    }),
  };
}

const OPENED = '2026-07-01T00:00:00.000Z';

async function viewOf(log: FakeLog): Promise<LogView> {
  const size = log.entries.length;
  return {
    origin: log.origin,
    tenant: log.tenant,
    shard: SHARD,
    owner: log.owner,
    vkey: await verifierKey(log),
    openedAt: OPENED,
    closedAt: null,
    sequenced: size,
    integrated: size,
    published: size,
    publishedAt: size === 0 ? null : OPENED,
    halted: null,
    quorum: { need: 0, of: 0 },
    witnesses: [],
  };
}

function placeOf(log: FakeLog, entry: Uint8Array): number {
  const place = log.entries.findIndex((known) => Buffer.compare(known, entry) === 0);
  return place < 0 ? log.entries.push(Uint8Array.from(entry)) - 1 : place;
}

function checkpointAt(log: FakeLog, size: number): Promise<string> {
  return signCheckpoint(log, { size, root: rootAt(log.entries, size) });
}

function signerOf(pair: { privateKey: KeyObject; publicKey: KeyObject }) {
  const { x = '' } = pair.publicKey.export({ format: 'jwk' });
  return { signingKey: async () => ({ privateKey: pair.privateKey, jwk: { x } }) };
}

function readerOf(entries: readonly Uint8Array[]): NodeReader {
  const read: NodeReader = (level, index) => {
    if (level === 0) return leafHash(sha256, entries[index] ?? new Uint8Array());
    return childrenHash(sha256, read(level - 1, index * 2), read(level - 1, index * 2 + 1));
  };
  return read;
}

function rootAt(entries: readonly Uint8Array[], size: number): Uint8Array {
  const leaves = entries.slice(0, size).map((entry) => leafHash(sha256, entry));
  return frontierRoot(sha256, appendLeafHashes(sha256, EMPTY_FRONTIER, leaves).frontier);
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
