import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePool } from '@praya/kernel/database';
import type { Result } from '@praya/kernel/result';
import type { LedgerRefusal } from '../contract.ts';
import { openOwn } from './connections.ts';
import type { FaultPoint, Faults } from './faults.ts';
import { createForwarder } from './forwarder.ts';
import { LIMITS, type SequencerLimits } from './limits.ts';
import { createLine, type Line } from './line.ts';
import { createRounds } from './rounds.ts';
import { PLACED, SUBMITTED } from './submissions.ts';

/** Entries that have their places for good, in order. */
export type Batch = {
  readonly origin: string;
  readonly first: number;
  readonly leaves: readonly Uint8Array[];
  readonly entries: readonly Uint8Array[];
};

export type SequencerNeeds = {
  readonly db: DatabasePool;
  /** a name that no other process and no other sequencer has */
  readonly holder: string;
  readonly limits?: Partial<SequencerLimits>;
  /** called in order with each durable batch of this process's own lease; must not throw */
  onBatch(batch: Batch): void;
  /** the lease of a log is ours, and with it the journal */
  onLease(lease: { origin: string; epoch: bigint; size: number }): void;
  onLost(origin: string): void;
  /** asked before the first place is given after a start of the database server: may the log go on? */
  confirm(origin: string, size: number): Promise<'confirmed' | 'behind' | 'unknown'>;
  /** how many entries wait to be put into tiles: too many, and calls are refused */
  waiting?(origin: string): number;
  /** something went wrong that mends itself: for the log */
  onTrouble?(origin: string, error: unknown): void;
  readonly faults?: Faults;
};

/** Gives places in all logs of a process: itself where it has the lease, through whoever has it elsewhere. */
export type Sequencer = {
  /** Answers once all entries are durable and have their places, in the order given. All or none. */
  sequence(origin: string, entries: readonly Uint8Array[]): Promise<Result<readonly number[], LedgerRefusal>>;
  /** the logs whose lease is ours */
  leading(): readonly string[];
  /** finishes what is under way, gives the leases back and closes its connections */
  stop(): Promise<void>;
};

const WRITERS = 2;
const STOP_MS = 2000;

/** The sequencer of a process. */
export function createSequencer(needs: SequencerNeeds): Sequencer {
  const limits = { ...LIMITS, ...needs.limits };
  const hit = async (point: FaultPoint) => needs.faults?.(point);
  const writers = Array.from({ length: WRITERS }, () =>
    openOwn(needs.db, needs.holder, { synchronous_commit: 'on' }),
  );
  const mail = openOwn(needs.db, needs.holder);
  const lines = new Map<string, Line>();
  const forwarder = createForwarder({
    holder: needs.holder,
    mail,
    onUnsure: (origin, calls) => lineOf(origin).putBack(calls),
    hit,
  });
  let stopped = false;

  function lineOf(origin: string): Line {
    const known = lines.get(origin);
    if (known !== undefined) return known;
    const writer = writers[lines.size % WRITERS] ?? mail;
    const line = createLine({ origin, needs, limits, writer, mail, forwarder, hit });
    lines.set(origin, line);
    return line;
  }

  const rounds = createRounds({ needs, limits, lines, lineOf, forwarder, hit });
  const listening = [
    needs.db.listen(SUBMITTED, (origin) => lines.get(origin)?.fetch()),
    needs.db.listen(PLACED, (holder) => {
      if (holder === needs.holder) forwarder.collect();
    }),
  ].map((one) => one.catch(() => null));

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    const deadline = performance.now() + STOP_MS;
    const busy = () => forwarder.outstanding() > 0 || [...lines.values()].some((line) => !line.idle());
    while (busy() && performance.now() < deadline) await sleep(5);
    await rounds.stop();
    await Promise.all([...lines.values()].map((line) => line.release()));
    forwarder.sweep(Number.POSITIVE_INFINITY);
    for (const one of listening) await (await one)?.unlisten().catch(() => {});
    await Promise.all([...writers, mail].map((own) => own.end()));
  }

  return {
    sequence: (origin, entries) => lineOf(origin).sequence(entries),
    leading: () => [...lines.values()].filter((line) => line.leading()).map(({ origin }) => origin),
    stop,
  };
}
