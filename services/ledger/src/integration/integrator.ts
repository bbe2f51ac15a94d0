import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@praya/kernel/database';
import type { Batch } from '../sequencer/sequencer.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { batchFrom } from './batch.ts';
import { type GrowingLog, loadLog } from './growing-log.ts';
import { batchOf, readJournal } from './journal.ts';
import { isNewest, moveTree, readTree, sequencedSize, type Tree } from './trees.ts';

/** Where a test may end the process: before the tiles of a turn, between them and the tree, after the tree. */
export const INTEGRATOR_FAULTS = ['before-tiles', 'after-tiles', 'after-tree'] as const;
export type IntegratorFault = (typeof INTEGRATOR_FAULTS)[number];

export type IntegratorLimits = {
  /** one turn takes no more entries and bytes than this, unless one batch alone is more */
  readonly turnEntries: number;
  readonly turnBytes: number;
  /** between the beginnings of two turns: what arrives meanwhile goes into the second */
  readonly turnEveryMs: number;
  /** entries kept in memory for coming turns; the rest is read from the journal again */
  readonly queueEntries: number;
};

export type IntegratorNeeds = {
  readonly db: Database;
  readonly tiles: TileStore;
  readonly limits?: Partial<IntegratorLimits>;
  /** A turn failed and is tried again. */
  readonly onTrouble?: (trouble: { readonly origin: string; readonly error: unknown }) => void;
  readonly faults?: (point: IntegratorFault) => void | Promise<void>;
};

/** Puts what is sequenced into tiles, in the process that holds a log's lease. */
export type Integrator = {
  /** Takes a log over and finishes what the journal holds; rejects when the lease is lost before. Waits as long as it takes. */
  lead(origin: string, epoch: bigint): Promise<Tree>;
  /** A durable batch of this process's lease. Kept only while the log is led: the journal has it anyway. */
  take(batch: Batch): void;
  /** Resolves when all that was taken is in tiles, or the lease is lost. */
  settled(origin: string): Promise<void>;
  /** Entries that are sequenced here and not yet in tiles: the sequencer's queue must feel more than 200 000. */
  waiting(origin: string): number;
  lose(origin: string): void;
  /** Called with every tree that an integrator has moved to; not with the one found by `lead`. */
  onTree(listener: (tree: Tree) => void): void;
  /** Ends after the turns that are being written. */
  stop(): Promise<void>;
};

const LIMITS: IntegratorLimits = {
  turnEntries: 16_384,
  turnBytes: 16 * 1024 * 1024,
  turnEveryMs: 20,
  queueEntries: 200_000,
};
/** Units: ms. Pauses after the first, the second, … failure in a row. */
const PAUSES = [50, 100, 200, 500, 1000, 2000];

/** `size`: the tree that is waited for; null: the one with all that the journal held when the log was taken over. */
type Waiter = { readonly size: number | null; readonly resolve: (tree: Tree | null) => void };
type Lead = {
  readonly origin: string;
  readonly epoch: bigint;
  /** the right edge; null when it has to be read from the store */
  log: GrowingLog | null;
  tree: Tree | null;
  queue: Batch[];
  queued: number;
  /** the end of all batches heard of */
  known: number;
  /** the end of the journal when the log was taken over; null until it was read */
  inherited: number | null;
  readonly over: AbortController;
  work: Promise<void> | null;
  waiters: Waiter[];
};

export function createIntegrator(needs: IntegratorNeeds): Integrator {
  const run = { ...needs, limits: { ...LIMITS, ...needs.limits }, listeners: [] as ((tree: Tree) => void)[] };
  const leads = new Map<string, Lead>();
  const lose = (origin: string): void => {
    const lead = leads.get(origin);
    leads.delete(origin);
    if (lead !== undefined) end(lead);
  };
  return {
    lead: async (origin, epoch) => {
      lose(origin);
      const lead = begin(origin, epoch);
      leads.set(origin, lead);
      const tree = await new Promise<Tree | null>((resolve) => {
        lead.waiters.push({ size: null, resolve });
        wake(run, lead);
      });
      if (tree === null) throw new Error(`The lease of ${origin} is lost`);
      return tree;
    },
    take: (batch) => {
      const lead = leads.get(batch.origin);
      if (lead === undefined || lead.over.signal.aborted) return;
      enqueue(lead, batch, run.limits);
      wake(run, lead);
    },
    settled: async (origin) => {
      const lead = leads.get(origin);
      if (lead === undefined || lead.over.signal.aborted || isSettled(lead, lead.known)) return;
      await new Promise((resolve) => lead.waiters.push({ size: lead.known, resolve }));
    },
    waiting: (origin) => {
      const lead = leads.get(origin);
      if (lead === undefined || lead.over.signal.aborted) return 0;
      return Math.max(0, lead.known - (lead.tree?.size ?? 0));
    },
    lose,
    onTree: (listener) => {
      run.listeners.push(listener);
    },
    stop: async () => {
      const working = [...leads.values()].map(({ work }) => work);
      for (const origin of [...leads.keys()]) lose(origin);
      await Promise.all(working);
    },
  };
}

type Run = IntegratorNeeds & {
  readonly limits: IntegratorLimits;
  readonly listeners: readonly ((tree: Tree) => void)[];
};

function begin(origin: string, epoch: bigint): Lead {
  const empty = { log: null, tree: null, queue: [], queued: 0, known: 0, inherited: null, waiters: [] };
  return { origin, epoch, ...empty, over: new AbortController(), work: null };
}

function end(lead: Lead): void {
  lead.over.abort();
  lead.queue = [];
  for (const { resolve } of lead.waiters.splice(0)) resolve(null);
}

function enqueue(lead: Lead, batch: Batch, limits: IntegratorLimits): void {
  lead.known = Math.max(lead.known, batch.first + batch.leaves.length);
  // what is too much for memory is read from the journal when its turn comes
  if (lead.queued + batch.leaves.length > limits.queueEntries && lead.queue.length > 0) return;
  lead.queue.push(batch);
  lead.queued += batch.leaves.length;
}

function wake(run: Run, lead: Lead): void {
  lead.work ??= work(run, lead).finally(() => {
    lead.work = null;
    // what came between the last look and the end
    if (!lead.over.signal.aborted && !isSettled(lead, lead.known)) wake(run, lead);
  });
}

async function work(run: Run, lead: Lead): Promise<void> {
  let failures = 0;
  while (!lead.over.signal.aborted) {
    const begun = performance.now();
    try {
      lead.log ??= await reload(run, lead);
      const batches = await nextBatches(run, lead);
      if (batches.length > 0) await turn(run, lead, batches);
      answer(lead);
      failures = 0;
      if (isSettled(lead, lead.known)) return;
    } catch (error) {
      // whatever is in memory may be half done; the journal and the store are not
      lead.log = null;
      if (!(error instanceof Overtaken)) run.onTrouble?.({ origin: lead.origin, error });
      await pause(lead, PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 0);
      failures += 1;
    }
    const rest = run.limits.turnEveryMs - (performance.now() - begun);
    if (rest > 0 && lead.queued < run.limits.turnEntries) await pause(lead, rest);
  }
}

async function reload(run: Run, lead: Lead): Promise<GrowingLog> {
  const tree = await readTree(run.db, lead.origin);
  const log = await loadLog(run.tiles, tree);
  lead.tree = tree;
  lead.known = Math.max(lead.known, await sequencedSize(run.db, lead.origin));
  lead.inherited ??= lead.known;
  return log;
}

/** What comes next in memory, or where memory has a gap, in the journal. */
async function nextBatches(run: Run, lead: Lead): Promise<Batch[]> {
  const { turnEntries, turnBytes } = run.limits;
  const batches: Batch[] = [];
  let next = lead.tree?.size ?? 0;
  let entries = 0;
  let bytes = 0;
  while (entries < turnEntries && bytes < turnBytes) {
    const [head] = lead.queue;
    if (head === undefined || head.first > next) break;
    lead.queue.shift();
    lead.queued -= head.leaves.length;
    const batch = batchFrom(head, next);
    if (batch === null) continue;
    batches.push(batch);
    next += batch.leaves.length;
    entries += batch.leaves.length;
    for (const entry of batch.entries) bytes += entry.length;
  }
  if (batches.length > 0 || next >= lead.known) return batches;
  return fromJournal(run, lead.origin, next);
}

async function fromJournal(run: Run, origin: string, next: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  let place = next;
  for (const row of await readJournal(run.db, origin, next)) {
    const whole = batchOf(origin, row);
    if (whole === null) throw new Error(`The journal of ${origin} is damaged at ${row.first}`);
    const batch = batchFrom(whole, place);
    if (batch === null) continue;
    if (batch.first > place) break;
    batches.push(batch);
    place += batch.leaves.length;
  }
  if (place === next) throw new Error(`The journal of ${origin} has a gap at ${place}`);
  return batches;
}

async function turn(run: Run, lead: Lead, batches: readonly Batch[]): Promise<void> {
  const { log, tree: from, origin, epoch } = lead;
  if (log === null || from === null) throw new Error('A turn begins with a loaded log');
  for (const batch of batches) log.append(batch);
  const to = log.tree();
  await run.faults?.('before-tiles');
  await run.tiles.write(origin, log.takeChanged());
  await run.faults?.('after-tiles');
  if (!(await moveTree(run.db, { from, to, epoch }))) {
    if (!(await isNewest(run.db, origin, epoch))) return end(lead);
    throw new Overtaken();
  }
  lead.tree = to;
  await run.faults?.('after-tree');
  if (!lead.over.signal.aborted) for (const listener of run.listeners) listener(to);
}

function answer(lead: Lead): void {
  const ready = lead.waiters.filter(({ size }) => isSettled(lead, size));
  if (ready.length === 0) return;
  lead.waiters = lead.waiters.filter((waiter) => !ready.includes(waiter));
  for (const { resolve } of ready) resolve(lead.tree);
}

function isSettled(lead: Lead, size: number | null): boolean {
  const wanted = size ?? lead.inherited;
  return lead.tree !== null && wanted !== null && lead.tree.size >= wanted;
}

/** Ends early when the lease is lost. */
async function pause(lead: Lead, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: lead.over.signal }).catch(() => {});
}

/** Another integrator has moved the tree under the same lease. */
class Overtaken extends Error {}
