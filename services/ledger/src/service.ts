import type { Clock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import type { Log } from '@praya/kernel/log';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { formatPolicy, type Policy, parsePolicy } from '@praya/tlog/policy';
import { parseTilePath, TILE_WIDTH } from '@praya/tlog/tiles';
import { EVIDENCE, type Ledger, type LedgerRefusal, type LogProof, type Place } from './contract.ts';
import { checkIntegrity } from './integrity/check.ts';
import { createProgress } from './progress.ts';
import { consistencyProof } from './proofs/proofs.ts';
import { createPublisher } from './publication/publisher.ts';
import { type LogSigner, signCheckpoint, verifierKey } from './publication/sign-checkpoint.ts';
import type { SequencerLimits } from './sequencer/limits.ts';
import { confirmAtStart } from './service/confirm-at-start.ts';
import { createEngine, type Engine } from './service/engine.ts';
import { prove, proveConsistency } from './service/prove.ts';
import { viewLogs, viewOf, viewOfCheckpoint } from './service/views.ts';
import { sha256 } from './sha256.ts';
import { createShards } from './shards/shards.ts';
import { findStanding, listCheckpoints, listStandings } from './store.ts';
import { createPostgresTiles } from './tiles/postgres-tiles.ts';
import { rememberTiles } from './tiles/remembering-tiles.ts';
import type { TileStore } from './tiles/tile-store.ts';

export type LedgerNeeds = {
  readonly db: DatabasePool;
  readonly now: Clock;
  /** host and port as they stand in the logs' origins, `praya.example` */
  readonly host: string;
  /** the key of a log: for each a keyring of algorithm EdDSA; see `logKeyLifetimes` */
  signerOf(origin: string): LogSigner;
  /** where tiles are; by default in the database */
  readonly tiles?: TileStore;
  /** C2SP tlog-policy: whose cosignatures a checkpoint needs before it is published; null: nobody's */
  readonly witnessPolicy?: string | null;
  /** how long `append` waits for the witnesses before it answers with what the log alone has signed */
  readonly patienceMs?: number;
  readonly limits?: Partial<SequencerLimits>;
  readonly log: Log;
};

/** The ledger, and the process behind it. */
export type LedgerRoom = Ledger & {
  /** Begins to write, if it has not: waits for leases, finishes what others left. `sequence` begins by itself. */
  start(): void;
  /** Ends a log that cannot go on and opens its successor, with a key of its own. */
  succeed(origin: string): Promise<Result<Place['origin'], LedgerRefusal>>;
  /** Fails while an open log stands still. */
  healthy(): Promise<void>;
  stop(): Promise<void>;
};

const PATIENCE_MS = 1000;
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A log keeps its key for life: its verifiers know the log by it. For `createKeyring`. */
export const logKeyLifetimes = { signForMs: 50 * YEAR_MS, keepMs: 50 * YEAR_MS };

/** The ledger on a database. Any number of processes may append to the same one. */
export function createLedger(needs: LedgerNeeds): LedgerRoom {
  const room = openRoom(needs);
  const { db, shards, tiles } = room;
  const sequence: Ledger['sequence'] = async (entries, tenant = EVIDENCE) => {
    if (entries.length === 0) return refuse('ledger.batch-size');
    const origin = await shards.current(tenant);
    if (!origin.ok) return origin;
    const indices = await room.engine().sequence(origin.value, entries);
    return indices.ok ? ok(indices.value.map((index) => ({ origin: origin.value, index }))) : indices;
  };
  return {
    sequence,
    append: async (entry, tenant) => {
      const placed = await sequence([entry], tenant);
      return placed.ok ? proveSoon(room, placed.value) : placed;
    },
    proofOf: (place, size) => prove(room, place, size),
    consistency: (origin, sizes) => proveConsistency(room, origin, sizes),
    checkpoint: async (origin) => {
      const standing = await findStanding(db, origin);
      if (standing === undefined) return refuse('ledger.log-unknown');
      return standing.note === null ? refuse('ledger.checkpoint-unknown') : ok(standing.note);
    },
    checkpoints: async (origin, { before = Number.MAX_SAFE_INTEGER, limit }) => {
      if ((await findStanding(db, origin)) === undefined) return refuse('ledger.log-unknown');
      return ok((await listCheckpoints(db, { origin, before, limit })).map(viewOfCheckpoint));
    },
    file: async (origin, path) => {
      const tile = parseTilePath(path);
      if (!(await room.isLog(origin))) return refuse('ledger.log-unknown');
      const bytes = tile.ok ? await tiles.read(origin, tile.value) : null;
      if (!tile.ok || bytes === null) return refuse('ledger.tile-unknown');
      return ok({ bytes, full: tile.value.width === TILE_WIDTH });
    },
    open: async (tenant, owner) => {
      const shard = await shards.open(tenant, owner ?? null);
      if (!shard.ok) return shard;
      const standing = await findStanding(db, shard.value.origin);
      return standing === undefined ? refuse('ledger.log-unknown') : ok(await viewOf(room, standing, []));
    },
    ownerOf: async (tenant) => {
      const open = (await listStandings(db)).find((log) => log.tenant === tenant && log.closedAt === null);
      return open === undefined ? refuse('ledger.log-unknown') : ok(open.owner);
    },
    logs: () => viewLogs(room),
    identities: async () => {
      await shards.current(EVIDENCE);
      const origins = (await listStandings(db)).map(({ origin }) => origin);
      const logs = origins.map(async (origin) => ({ origin, vkey: await room.vkeyOf(origin) }));
      return { logs: await Promise.all(logs), witnessPolicy: policyText(room.policy) };
    },
    checkIntegrity: (origin) =>
      checkIntegrity({ db, tiles: room.store, vkeyOf: room.vkeyOf, policy: room.policy }, origin),
    succeed: async (origin) => {
      const shard = await shards.succeed(origin);
      return shard.ok ? ok(shard.value.origin) : shard;
    },
    start: room.start,
    healthy: async () => {
      const halted = (await listStandings(db)).find((log) => log.halted !== null && log.closedAt === null);
      if (halted !== undefined) throw new Error(`${halted.origin} stands still: ${halted.halted}`);
    },
    stop: room.stop,
  };
}

type Room = ReturnType<typeof openRoom>;

function openRoom(needs: LedgerNeeds) {
  const { db, now, signerOf } = needs;
  const store = needs.tiles ?? createPostgresTiles(db);
  const tiles = rememberTiles(store);
  const policy = policyIn(needs.witnessPolicy ?? null);
  const progress = createProgress(db);
  const ending = new AbortController();
  let engine: Engine | undefined;
  const publisher = createPublisher({
    db,
    signerOf,
    policy,
    now,
    consistency: (origin, sizes) => consistencyProof(tiles, origin, sizes),
    log: needs.log,
  });
  const begin = (): Engine => {
    engine ??= createEngine({ ...needs, tiles: store, publisher, progress });
    return engine;
  };
  let confirming: Promise<void> | undefined;
  return {
    db,
    store,
    tiles,
    policy,
    progress,
    patienceMs: needs.patienceMs ?? PATIENCE_MS,
    shards: createShards({ db, now, host: needs.host }),
    vkeyOf: (origin: string) => verifierKey({ origin, signer: signerOf(origin) }),
    isLog: createLogMemory(db),
    sign: (tree: { origin: string; size: number; root: Uint8Array }) =>
      signCheckpoint({ origin: tree.origin, signer: signerOf(tree.origin) }, tree),
    engine: begin,
    start: () => {
      begin();
      confirming ??= confirmAtStart({ db, publisher, log: needs.log, signal: ending.signal });
    },
    stop: async () => {
      ending.abort();
      await confirming;
      await engine?.stop();
      await progress.stop();
    },
  };
}

// A log is never gone again: whoever reads tiles does not ask the database for each whether there is such a log.
function createLogMemory(db: DatabasePool): (origin: string) => Promise<boolean> {
  const known = new Set<string>();
  return async (origin) => {
    if (known.has(origin)) return true;
    if ((await findStanding(db, origin)) === undefined) return false;
    known.add(origin);
    return true;
  };
}

// A proof under cosignatures where they come in time, else under the log's own.
async function proveSoon(room: Room, places: readonly Place[]): Promise<Result<LogProof, LedgerRefusal>> {
  const [place] = places;
  if (place === undefined) return refuse('ledger.batch-size');
  await room.progress.published(place, room.patienceMs);
  const proof = await prove(room, place);
  // It has its place, but is not in tiles yet: whoever asks again gets the same place.
  if (!proof.ok && proof.refusal.code === 'ledger.index-out-of-range') return refuse('ledger.unavailable');
  return proof;
}

function policyIn(text: string | null): Policy | null {
  if (text === null) return null;
  const policy = parsePolicy(sha256, text);
  if (!policy.ok) throw new Error(`The witness policy cannot be read: ${policy.refusal.code}`);
  return policy.value;
}

function policyText(policy: Policy | null): string {
  return policy === null ? '' : formatPolicy({ ...policy, logs: [] });
}
