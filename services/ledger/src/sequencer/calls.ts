import { hash } from 'node:crypto';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { ENTRY_MAX_BYTES, type LedgerRefusal } from '../contract.ts';

export type Places = Result<readonly number[], LedgerRefusal>;

/** What somebody wants to have sequenced: all of it or nothing, and all in one batch. */
export type Call = {
  readonly count: number;
  /** of the entries, without their lengths */
  readonly bytes: number;
  /** one leaf hash of 32 bytes after the other */
  readonly leaves: Uint8Array;
  /** each entry behind its length, a big-endian uint16 */
  readonly bundle: Uint8Array;
  /** by the monotonic clock, when the caller will wait no longer */
  readonly until: number;
  readonly settle: (places: Places) => void;
};

// The entry behind the zero byte that makes it a leaf; used by one call at a time, and no call waits.
const scratch = Buffer.alloc(1 + ENTRY_MAX_BYTES);

/** A call with copies of its entries: the caller may use the buffers again at once. */
export function createCall(
  entries: readonly Uint8Array[],
  until: number,
  settle: (places: Places) => void,
): Call {
  let length = 2 * entries.length;
  for (const entry of entries) length += entry.length;
  const bundle = Buffer.allocUnsafe(length);
  const leaves = Buffer.allocUnsafe(32 * entries.length);
  let at = 0;
  let leafAt = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
    leafAt = writeLeafHash(entry, leaves, leafAt);
  }
  return { count: entries.length, bytes: length - 2 * entries.length, leaves, bundle, until, settle };
}

// A one-byte string is by far the cheapest thing that the hash function answers with.
function writeLeafHash(entry: Uint8Array, leaves: Buffer, at: number): number {
  scratch.set(entry, 1);
  leaves.write(hash('sha256', scratch.subarray(0, 1 + entry.length), 'latin1'), at, 32, 'latin1');
  return at + 32;
}

/** Calls in the order in which they came, bounded in entries and bytes. */
export type CallQueue = {
  /** false when it is full; an empty queue takes any call */
  push(call: Call): boolean;
  /** puts calls back to the front, bounds or not: they were taken on before */
  putBack(calls: readonly Call[]): void;
  /** the first calls that fit together, at least one if there is any */
  take(limits: { entries: number; bytes: number }): Call[];
  /** takes out the calls from the front whose time is over */
  overdue(now: number): Call[];
  entries(): number;
  length(): number;
};

/** An empty queue. */
export function createCallQueue(bounds: { entries: number; bytes: number }): CallQueue {
  let calls: Call[] = [];
  let head = 0;
  let entries = 0;
  let bytes = 0;

  function shift(): Call {
    const call = calls[head] as Call;
    head += 1;
    entries -= call.count;
    bytes -= call.bytes;
    if (head === calls.length) {
      calls = [];
      head = 0;
    } else if (head >= 4096) {
      calls = calls.slice(head);
      head = 0;
    }
    return call;
  }

  function push(call: Call): boolean {
    const full = entries + call.count > bounds.entries || bytes + call.bytes > bounds.bytes;
    if (full && head < calls.length) return false;
    calls.push(call);
    entries += call.count;
    bytes += call.bytes;
    return true;
  }

  function putBack(back: readonly Call[]): void {
    calls = [...back, ...calls.slice(head)];
    head = 0;
    for (const call of back) {
      entries += call.count;
      bytes += call.bytes;
    }
  }

  function take(limits: { entries: number; bytes: number }): Call[] {
    const taken: Call[] = [];
    let left = limits.entries;
    let leftBytes = limits.bytes;
    while (head < calls.length) {
      const call = calls[head] as Call;
      left -= call.count;
      leftBytes -= call.bytes;
      if (taken.length > 0 && (left < 0 || leftBytes < 0)) break;
      taken.push(shift());
    }
    return taken;
  }

  function overdue(now: number): Call[] {
    const late: Call[] = [];
    while (head < calls.length && (calls[head] as Call).until <= now) late.push(shift());
    return late;
  }

  return { push, putBack, take, overdue, entries: () => entries, length: () => calls.length - head };
}

/** Answers calls that get no places. */
export function refuseAll(calls: readonly Call[], code: LedgerRefusal): void {
  for (const call of calls) call.settle(refuse(code));
}

/** Answers a call with its places. */
export function answer(call: Call, places: readonly number[]): void {
  call.settle(ok(places));
}
