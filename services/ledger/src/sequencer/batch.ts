import type { RepeatWindow } from './window.ts';

const LEAF_BYTES = 32;

/** Entries that are sequenced together: a call of this process or what another one handed over. */
export type Ask = { readonly count: number; readonly leaves: Uint8Array; readonly bundle: Uint8Array };

/** What one statement writes, and where every entry that was asked for is. */
export type Draft = {
  readonly first: number;
  /** new entries; the others had a place already */
  readonly count: number;
  readonly leaves: Buffer;
  readonly bundle: Buffer;
  /** by ask, by entry */
  readonly places: readonly (readonly number[])[];
};

/** Gives every entry its place: that of its like in the window, or else the next one. The window remembers it at once. */
export function draftBatch(window: RepeatWindow, asks: readonly Ask[]): Draft {
  const first = window.next();
  const room = roomFor(asks);
  const leaves = Buffer.allocUnsafe(room.leaves);
  const bundle = Buffer.allocUnsafe(room.bundle);
  const places: number[][] = [];
  let end = 0;
  for (const ask of asks) {
    const given: number[] = [];
    let at = 0;
    for (let n = 0; n < ask.count; n += 1) {
      const until = at + 2 + lengthAt(ask.bundle, at);
      const leafAt = n * LEAF_BYTES;
      const known = window.find(ask.leaves, leafAt);
      if (known >= 0) given.push(known);
      else {
        const place = window.add(ask.leaves, leafAt);
        leaves.set(ask.leaves.subarray(leafAt, leafAt + LEAF_BYTES), (place - first) * LEAF_BYTES);
        bundle.set(ask.bundle.subarray(at, until), end);
        end += until - at;
        given.push(place);
      }
      at = until;
    }
    places.push(given);
  }
  const count = window.next() - first;
  return {
    first,
    count,
    places,
    leaves: leaves.subarray(0, count * LEAF_BYTES),
    bundle: bundle.subarray(0, end),
  };
}

/** The entries of a bundle of any length. */
export function entriesOf(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const until = at + 2 + lengthAt(bundle, at);
    entries.push(bundle.subarray(at + 2, until));
    at = until;
  }
  return entries;
}

/** The leaf hashes that stand one after the other. */
export function leavesOf(bytes: Uint8Array): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += LEAF_BYTES) leaves.push(bytes.subarray(at, at + LEAF_BYTES));
  return leaves;
}

function lengthAt(bundle: Uint8Array, at: number): number {
  return ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
}

function roomFor(asks: readonly Ask[]): { leaves: number; bundle: number } {
  let leaves = 0;
  let bundle = 0;
  for (const ask of asks) {
    leaves += ask.count * LEAF_BYTES;
    bundle += ask.bundle.length;
  }
  return { leaves, bundle };
}
