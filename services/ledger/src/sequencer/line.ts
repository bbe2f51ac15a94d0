import { setTimeout as sleep } from 'node:timers/promises';
import { ok, refuse } from '@praya/kernel/result';
import type { LedgerRefusal } from '../contract.ts';
import { entriesFault } from '../rules.ts';
import { type Call, createCall, createCallQueue, type Places, refuseAll } from './calls.ts';
import { type OwnConnection, within } from './connections.ts';
import type { FaultPoint } from './faults.ts';
import { fillWindow } from './fill-window.ts';
import type { Forwarder } from './forwarder.ts';
import type { Right } from './journal.ts';
import { createLeader, type Leader } from './leader.ts';
import { haltLog, type LeaseAnswer, noteConfirmed, releaseLease, takeLease } from './leases.ts';
import type { SequencerLimits } from './limits.ts';
import type { SequencerNeeds } from './sequencer.ts';
import { createRepeatWindow } from './window.ts';

/** What a process does with one log: it waits, leads, or hands over to whoever leads. */
export type Line = {
  readonly origin: string;
  sequence(entries: readonly Uint8Array[]): Promise<Places>;
  /** tries to get the lease although no call asks for it */
  lead(): void;
  /** entries of other processes wait */
  fetch(): void;
  /** takes calls back that were handed over in vain */
  putBack(calls: readonly Call[]): void;
  /** the right to renew, null when there is none */
  right(): Right | null;
  renewed(at: number, about: { halted: string | null }): void;
  /** the lease is lost; with the moment after which a stale one counts as lost, only if it is */
  lose(unlessRenewedSince?: number): void;
  leading(): boolean;
  idle(): boolean;
  sweep(now: number): void;
  release(): Promise<void>;
};

export type LineNeeds = {
  readonly origin: string;
  readonly needs: SequencerNeeds;
  readonly limits: SequencerLimits;
  readonly writer: OwnConnection;
  readonly mail: OwnConnection;
  readonly forwarder: Forwarder;
  hit(point: FaultPoint): Promise<void>;
};

type Lease = Right & { renewedAt: number };

const AGAIN_MS = 1000;
const RETRY_MS = 100;
/** How long the lease statement or the reading of the journal may take before it is given up. */
const TAKE_MS = 1500;

/** A log as this process sees it. */
export function createLine(about: LineNeeds): Line {
  const { origin, needs, limits, writer, mail, forwarder, hit } = about;
  const queue = createCallQueue({ entries: limits.queueEntries, bytes: limits.queueBytes });
  const window = createRepeatWindow(limits.windowLeaves);
  let lease: Lease | null = null;
  let told = false;
  let leader: Leader | null = null;
  let taking = false;
  let forwarding = false;
  let closed = false;
  let followUntil = 0;
  let blocked: { readonly code: LedgerRefusal; readonly until: number } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let kicked = false;

  async function sequence(entries: readonly Uint8Array[]): Promise<Places> {
    const wrong = entriesFault(entries);
    if (wrong !== null) return refuse(wrong);
    if (entries.length === 0) return ok([]);
    const now = performance.now();
    if (closed) return refuse('ledger.unavailable');
    if (blocked !== null && blocked.until > now) return refuse(blocked.code);
    if ((needs.waiting?.(origin) ?? 0) > limits.waitingEntries) return refuse('ledger.busy');
    return new Promise((settle) => {
      const call = createCall(entries, now + limits.patienceMs, settle);
      if (queue.push(call)) kick();
      else settle(refuse('ledger.busy'));
    });
  }

  function kick(): void {
    leader?.wake();
    if (leader !== null || kicked || taking || lease !== null) return;
    kicked = true;
    setImmediate(() => {
      kicked = false;
      if (leader !== null || queue.length() === 0) return;
      if (performance.now() < followUntil) handOver();
      else take();
    });
  }

  function kickLater(ms: number): void {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      if (queue.length() > 0) kick();
    }, ms);
  }

  async function handOver(): Promise<void> {
    if (forwarding) return;
    forwarding = true;
    try {
      while (queue.length() > 0 && leader === null && forwarder.outstanding(origin) < 4) {
        const calls = queue.take({ entries: limits.batchEntries, bytes: limits.batchBytes });
        await forwarder.forward(origin, calls).catch((error) => {
          queue.putBack(calls);
          throw error;
        });
      }
    } catch {
      kickLater(RETRY_MS);
    } finally {
      forwarding = false;
    }
    if (queue.length() > 0) kickLater(5);
  }

  async function take(): Promise<void> {
    if (taking || lease !== null || closed) return;
    taking = true;
    try {
      await hit('before-lease');
      const askedAt = performance.now();
      const answer = await within(
        TAKE_MS,
        takeLease(writer.db(), { origin, holder: needs.holder, leaseMs: limits.leaseMs }),
      );
      await heed(answer, askedAt);
    } catch (error) {
      if (lease !== null) lose();
      writer.reset();
      needs.onTrouble?.(origin, error);
      kickLater(RETRY_MS);
    } finally {
      taking = false;
    }
    kick();
  }

  async function heed(answer: LeaseAnswer | null, askedAt: number): Promise<void> {
    if (answer === null) return block('ledger.log-unknown', 0);
    if (answer.halted !== null) return block('ledger.halted', AGAIN_MS);
    if (answer.taken === null) {
      followUntil = performance.now() + Math.max(5, answer.remainingMs);
      return;
    }
    await hit('after-lease');
    followUntil = 0;
    const { epoch, size, confirmed } = answer.taken;
    const mine: Lease = { origin, epoch, renewedAt: askedAt };
    lease = mine;
    const filled = await fillWindow(needs.db, window, { origin, size, capacity: limits.windowLeaves });
    if (lease !== mine) return;
    if (filled === 'gap') return halt('journal-gap');
    await hit('after-window');
    told = true;
    needs.onLease({ origin, epoch, size });
    if (confirmed || (await confirm(mine, size))) begin(mine);
  }

  // Asked again each second for as long as the lease is ours; those who call meanwhile are told at once.
  async function confirm(mine: Lease, size: number): Promise<boolean> {
    while (lease === mine) {
      const verdict = await needs.confirm(origin, size).catch(() => 'unknown' as const);
      if (lease !== mine) return false;
      if (verdict === 'behind') {
        await halt('behind-witnesses');
        return false;
      }
      if (verdict === 'confirmed') {
        await noteConfirmed(needs.db, mine);
        blocked = null;
        return lease === mine;
      }
      block('ledger.unavailable', 2 * AGAIN_MS);
      await sleep(AGAIN_MS);
    }
    return false;
  }

  function begin(mine: Lease): void {
    leader = createLeader({
      right: mine,
      limits,
      queue,
      window,
      writer,
      mail,
      onBatch: needs.onBatch,
      onEnd: (error) => {
        needs.onTrouble?.(origin, error);
        lose();
        kickLater(5);
      },
      hit,
    });
    leader.fetch();
    leader.wake();
  }

  async function halt(reason: string): Promise<void> {
    if (lease === null) return;
    const right = lease;
    lose();
    await haltLog(needs.db, right, reason);
    await releaseLease(needs.db, right);
    block('ledger.halted', AGAIN_MS);
  }

  function block(code: LedgerRefusal, ms: number): void {
    blocked = { code, until: performance.now() + ms };
    refuseAll(queue.take({ entries: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }), code);
  }

  function lose(unlessRenewedSince = Number.POSITIVE_INFINITY): void {
    if (lease === null || lease.renewedAt > unlessRenewedSince) return;
    lease = null;
    leader?.close();
    leader = null;
    if (told) needs.onLost(origin);
    told = false;
    if (queue.length() > 0) kickLater(5);
  }

  function renewed(at: number, { halted }: { halted: string | null }): void {
    if (lease === null) return;
    lease.renewedAt = at;
    if (halted !== null) {
      const right = lease;
      lose();
      block('ledger.halted', AGAIN_MS);
      releaseLease(needs.db, right).catch(() => {});
    }
  }

  async function release(): Promise<void> {
    closed = true;
    if (timer !== null) clearTimeout(timer);
    const right = lease;
    lose();
    block('ledger.unavailable', Number.POSITIVE_INFINITY);
    if (right !== null) await releaseLease(needs.db, right).catch(() => {});
  }

  return {
    origin,
    sequence,
    lead: () => void take(),
    fetch: () => leader?.fetch(),
    putBack: (calls) => {
      queue.putBack(calls);
      kickLater(RETRY_MS);
    },
    right: () => lease,
    renewed,
    lose,
    leading: () => leader !== null,
    idle: () => queue.length() === 0 && (leader?.idle() ?? true),
    sweep: (now) => refuseAll(queue.overdue(now), 'ledger.unavailable'),
    release,
  };
}
