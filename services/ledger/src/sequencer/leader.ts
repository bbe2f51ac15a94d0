import { type Draft, draftBatch, entriesOf, leavesOf } from './batch.ts';
import { answer, type Call, type CallQueue } from './calls.ts';
import type { OwnConnection } from './connections.ts';
import type { FaultPoint } from './faults.ts';
import { appendBatch, appendWithPlaces, type Right } from './journal.ts';
import type { SequencerLimits } from './limits.ts';
import type { Batch } from './sequencer.ts';
import { readSubmissions, type Submission } from './submissions.ts';
import type { RepeatWindow } from './window.ts';

/** How many submissions are read at once. */
const LETTERS = 16;
/** Entries for which it is not worth while to make two batches of one. */
const SMALL = 64;

/** The one who gives places on a log, for as long as the lease is ours. */
export type Leader = {
  /** there may be something to sequence */
  wake(): void;
  /** other processes have handed over something */
  fetch(): void;
  /** stops; calls without an answer go back to the queue */
  close(): void;
  /** nothing is under way */
  idle(): boolean;
};

export type LeaderNeeds = {
  readonly right: Right;
  readonly limits: SequencerLimits;
  readonly queue: CallQueue;
  readonly window: RepeatWindow;
  readonly writer: OwnConnection;
  readonly mail: OwnConnection;
  onBatch(batch: Batch): void;
  /** it has closed by itself: the lease is lost, or the outcome of a batch is not known */
  onEnd(error: unknown): void;
  hit(point: FaultPoint): Promise<void>;
};

type UnderWay = Draft & { readonly calls: readonly Call[]; readonly letters: readonly Submission[] };

/** Begins to give places. */
export function createLeader(needs: LeaderNeeds): Leader {
  const { right, limits, queue, window, writer, mail, hit } = needs;
  let open = true;
  let awake = false;
  let letters: Submission[] = [];
  let fetching: 'no' | 'yes' | 'again' = 'no';
  let more = false;
  let durable = window.next();
  let last: Promise<void> = Promise.resolve();
  let underWay: UnderWay[] = [];

  // After everything that this turn brings: who was just answered and asks again shares the batch.
  function wake(): void {
    if (awake || !open) return;
    awake = true;
    setImmediate(() => {
      awake = false;
      pump();
    });
  }

  function pump(): void {
    while (open && underWay.length < limits.batchesInFlight && queue.length() + letters.length > 0) {
      const batch = draft();
      underWay.push(batch);
      last = deliver(batch, last);
    }
  }

  function draft(): UnderWay {
    const taken = letters;
    letters = [];
    const room = limits.batchEntries - taken.reduce((count, letter) => count + letter.count, 0);
    // Half of what waits, so that the other half follows it at once: one is on the disk while the other is made ready.
    const half = Math.max(SMALL, Math.ceil(queue.entries() / 2));
    const entries = underWay.length === 0 && limits.batchesInFlight > 1 ? Math.min(room, half) : room;
    const calls = taken.length > 0 && entries <= 0 ? [] : queue.take({ entries, bytes: limits.batchBytes });
    return { ...draftBatch(window, [...taken, ...calls]), calls, letters: taken };
  }

  async function deliver(batch: UnderWay, before: Promise<void>): Promise<void> {
    try {
      await hit('before-journal');
      if (!open) return;
      const sent = send(batch);
      sent.catch(() => {});
      await hit('sent-journal');
      const kept = await sent;
      await before;
      if (!open) return;
      if (kept) await finish(batch);
      else end(new Error('The lease is lost'));
    } catch (error) {
      end(error);
    }
  }

  function send(batch: UnderWay): Promise<boolean> {
    if (batch.letters.length === 0) {
      return batch.count === 0 ? Promise.resolve(true) : appendBatch(writer.db(), right, batch);
    }
    const ids = batch.letters.map(({ id }) => id);
    return appendWithPlaces(writer.db(), right, { draft: batch, placed: { ids, places: batch.places } });
  }

  async function finish(batch: UnderWay): Promise<void> {
    await hit('after-journal');
    if (!open) return;
    durable = batch.first + batch.count;
    underWay.shift();
    if (batch.count > 0) {
      const { first, leaves, bundle } = batch;
      needs.onBatch({
        origin: right.origin,
        first,
        leaves: leavesOf(leaves),
        entries: entriesOf(bundle),
      });
    }
    await hit('before-answer');
    // The disk first: it works while the callers are told.
    pump();
    const before = batch.letters.length;
    for (const [at, call] of batch.calls.entries()) answer(call, batch.places[before + at] ?? []);
    if (before > 0 && more) fetch();
    await hit('after-answer');
  }

  async function fetch(): Promise<void> {
    if (!open || fetching !== 'no') {
      fetching = 'again';
      return;
    }
    try {
      do {
        fetching = 'yes';
        const known = [...letters, ...underWay.flatMap((batch) => batch.letters)].map(({ id }) => id);
        const read = await readSubmissions(mail.db(), right.origin, {
          without: known,
          limit: Math.max(0, LETTERS - letters.length),
        });
        more = read.length + letters.length >= LETTERS;
        if (open) letters.push(...read);
        wake();
      } while (open && (fetching as string) === 'again');
    } catch {
      // The next round asks again.
    } finally {
      fetching = 'no';
    }
  }

  function end(error: unknown): void {
    if (!open) return;
    close();
    needs.onEnd(error);
  }

  function close(): void {
    if (!open) return;
    open = false;
    queue.putBack(underWay.flatMap((batch) => batch.calls));
    underWay = [];
    letters = [];
    window.rollBack(durable);
  }

  return {
    wake,
    fetch: () => void fetch(),
    close,
    idle: () => underWay.length === 0 && letters.length === 0,
  };
}
