import type { Database, DatabasePool } from '@praya/kernel/database';
import { expectValue, ok, type Result, refuse } from '@praya/kernel/result';
import { encodeBase64 } from '@praya/tlog/base64';
import { buildConsistencyProof, consistencyNodes } from '@praya/tlog/consistency-proof';
import { frontierNodes, frontierRoot, readFrontier } from '@praya/tlog/frontier';
import { buildInclusionProof, inclusionNodes } from '@praya/tlog/inclusion-proof';
import type { NodeReader } from '@praya/tlog/tree-range';
import type { Ledger, LedgerRefusal, LogProof } from './contract.ts';
import { hasher, isCommitment } from './rules.ts';
import { appendBatch } from './service/append-batch.ts';
import { type BatchLimits, createBatches } from './service/batches.ts';
import { recount } from './service/check-integrity.ts';
import { readFile } from './service/read-file.ts';
import { type LogSigner, signCheckpoint, verifierKey } from './service/sign-checkpoint.ts';
import { createTileMemory, type TileMemory } from './service/tile-memory.ts';
import { readHead } from './store.ts';

export type LedgerNeeds = {
  readonly db: DatabasePool;
  /** a keyring of algorithm EdDSA; see `logKeyLifetimes` */
  readonly signer: LogSigner;
  /** the log's name in checkpoints: host and path without scheme, `praya.example/log` */
  readonly origin: string;
  readonly limits?: Partial<BatchLimits>;
};

const LIMITS: BatchLimits = { batchSize: 256, queueSize: 4096 };

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A log keeps its key for life: its verifiers know the log by it. For `createKeyring`. */
export const logKeyLifetimes = { signForMs: 50 * YEAR_MS, keepMs: 50 * YEAR_MS };

type Log = LedgerNeeds & { readonly tiles: TileMemory };

/** The ledger on a database. Any number of processes may append to the same one. */
export function createLedger(needs: LedgerNeeds): Ledger {
  const { db } = needs;
  const log: Log = { ...needs, tiles: createTileMemory(db) };
  const enqueue = createBatches((commitments) => writeAndProve(log, commitments), {
    ...LIMITS,
    ...needs.limits,
  });
  return {
    append: async (commitment) =>
      isCommitment(commitment) ? enqueue(commitment) : refuse('ledger.entry-size'),
    proofOf: (index, size) => proofOf(log, index, size),
    consistency: (sizes) => consistency(log, sizes),
    checkpoint: async () => signCheckpoint(log, await readHead(db)),
    identity: async () => ({ origin: log.origin, vkey: await verifierKey(log) }),
    file: (path) => readFile(db, path),
    checkIntegrity: () => inSnapshot(db, recount),
  };
}

async function writeAndProve(log: Log, commitments: readonly Uint8Array[]): Promise<LogProof[]> {
  const { head, places, growth } = await appendBatch(log.db, commitments);
  log.tiles.grow(growth);
  const checkpoint = await signCheckpoint(log, head);
  const nodes = places.flatMap((index) => expectValue(inclusionNodes({ index, size: head.size })));
  const read = await log.tiles.readerOf(nodes, head.size);
  return places.map((index) => proofIn({ log, read, size: head.size, checkpoint }, index));
}

async function proofOf(log: Log, index: number, size?: number): Promise<Result<LogProof, LedgerRefusal>> {
  const head = await readHead(log.db);
  const treeSize = size ?? head.size;
  if (!Number.isSafeInteger(treeSize) || treeSize < 0 || treeSize > head.size) {
    return refuse('ledger.size-out-of-range');
  }
  const nodes = inclusionNodes({ index, size: treeSize });
  if (!nodes.ok) return refuse('ledger.index-out-of-range');
  const read = await log.tiles.readerOf([...nodes.value, ...frontierNodes(treeSize)], treeSize);
  const root = frontierRoot(hasher, readFrontier(treeSize, read));
  const checkpoint = await signCheckpoint(log, { size: treeSize, root });
  return ok(proofIn({ log, read, size: treeSize, checkpoint }, index));
}

async function consistency(
  log: Log,
  sizes: { from: number; to: number },
): Promise<Result<readonly string[], LedgerRefusal>> {
  const head = await readHead(log.db);
  const nodes = consistencyNodes(sizes);
  if (!nodes.ok || sizes.to > head.size) return refuse('ledger.size-out-of-range');
  const read = await log.tiles.readerOf(nodes.value, sizes.to);
  return ok(expectValue(buildConsistencyProof(hasher, read, sizes)).map(encodeBase64));
}

function proofIn(
  tree: { log: Log; read: NodeReader; size: number; checkpoint: string },
  index: number,
): LogProof {
  const hashes = expectValue(buildInclusionProof(hasher, tree.read, { index, size: tree.size }));
  return { origin: tree.log.origin, index, proof: hashes.map(encodeBase64), checkpoint: tree.checkpoint };
}

function inSnapshot<T>(db: DatabasePool, run: (tx: Database) => Promise<T>): Promise<T> {
  return db.begin('isolation level repeatable read read only', run) as Promise<T>;
}
