import { setTimeout as sleep } from 'node:timers/promises';
import { openOwn, within } from './connections.ts';
import type { FaultPoint } from './faults.ts';
import type { Forwarder } from './forwarder.ts';
import { trimJournal } from './journal.ts';
import { findBusiness, renewLeases } from './leases.ts';
import type { SequencerLimits } from './limits.ts';
import type { Line } from './line.ts';
import type { SequencerNeeds } from './sequencer.ts';
import { dropUnclaimed } from './submissions.ts';

const SHORTEST_MS = 20;
const POLL_MS = 100;

type RoundsNeeds = {
  readonly needs: SequencerNeeds;
  readonly limits: SequencerLimits;
  readonly lines: ReadonlyMap<string, Line>;
  lineOf(origin: string): Line;
  readonly forwarder: Forwarder;
  hit(point: FaultPoint): Promise<void>;
};

/**
 * The one loop of a sequencer: renews all leases, looks for logs whose holder is dead, for entries and places of whose
 * arrival no word came, ends what takes too long, and shortens journals.
 */
export function createRounds(about: RoundsNeeds): { stop(): Promise<void> } {
  const { needs, limits, lines, lineOf, forwarder, hit } = about;
  const own = openOwn(needs.db, needs.holder, { synchronous_commit: 'off' });
  const stopping = new AbortController();
  let trimmedAt = performance.now();

  async function renew(): Promise<void> {
    const held = [...lines.values()].flatMap((line) => line.right() ?? []);
    if (held.length === 0) return;
    await hit('before-renewal');
    const askedAt = performance.now();
    const ours = await within(limits.giveUpMs, renewLeases(own.db(), held, limits.leaseMs));
    for (const { origin, epoch } of held) {
      const line = lines.get(origin);
      const renewal = ours.get(origin);
      // Taken anew meanwhile: this answer is about an earlier epoch.
      if (line?.right()?.epoch !== epoch) continue;
      if (renewal === undefined) line.lose();
      else line.renewed(askedAt, renewal);
    }
    await hit('after-renewal');
  }

  /** How long until there is something to do, at the latest. */
  async function look(): Promise<number> {
    let next = forwarder.outstanding() > 0 ? Math.min(POLL_MS, limits.renewMs) : limits.renewMs;
    for (const { origin, remainingMs, waiting } of await within(limits.giveUpMs, findBusiness(own.db()))) {
      const line = lineOf(origin);
      if (line.right() !== null) {
        if (waiting) line.fetch();
      } else if (remainingMs <= 0) line.lead();
      else next = Math.min(next, remainingMs + 1);
    }
    if (forwarder.outstanding() > 0) forwarder.collect();
    return Math.max(SHORTEST_MS, next);
  }

  async function trim(): Promise<void> {
    trimmedAt = performance.now();
    for (const line of lines.values()) {
      if (!line.leading()) continue;
      await hit('before-trim');
      await trimJournal(needs.db, line.origin, {
        leaves: limits.windowLeaves,
        bytes: limits.journalBytes,
        batches: limits.journalBatches,
      });
      await dropUnclaimed(needs.db, line.origin);
      await hit('after-trim');
    }
  }

  async function round(): Promise<number> {
    try {
      await renew();
      return await look();
    } catch {
      own.reset();
      return POLL_MS;
    } finally {
      const now = performance.now();
      for (const line of lines.values()) {
        line.lose(now - limits.giveUpMs);
        line.sweep(now);
      }
      forwarder.sweep(now);
    }
  }

  async function run(): Promise<void> {
    let trimming: Promise<void> | null = null;
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      const wait = await round();
      if (trimming === null && performance.now() - trimmedAt > limits.trimMs) {
        trimming = trim()
          .catch(() => {})
          .finally(() => {
            trimming = null;
          });
      }
      const left = Math.max(SHORTEST_MS / 2, wait - (performance.now() - begun));
      await sleep(left, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await own.end();
    },
  };
}
