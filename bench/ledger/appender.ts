import { randomBytes } from 'node:crypto';
import { type Extent, keepInFlight, type Measured, round } from '../load.ts';

/** Something that takes entries and says when they are on the disk. */
export type Appender = AsyncDisposable & {
  /** Resolves once all of them are durable and have their places. */
  append(entries: readonly Uint8Array[]): Promise<void>;
};

/** How the entries come: so many calls in flight, each with so many entries. */
export type Traffic = { readonly calls: number; readonly perCall: number };

/** The size that all are measured with. Units: bytes. */
export const ENTRY_BYTES = 200;

/** 512 entries in flight, one a call; and the same number in calls of 64. */
export const SINGLE: Traffic = { calls: 512, perCall: 1 };
export const BATCHED: Traffic = { calls: 8, perCall: 64 };

const SLAB_ENTRIES = 1024;

/** Entries of which no two are the same, made at next to no cost: a counter in front of random bytes. */
export function createEntries(): { take(count: number): Uint8Array[] } {
  const run = randomBytes(8);
  const filling = randomBytes(ENTRY_BYTES * SLAB_ENTRIES);
  let slab = Buffer.alloc(0);
  let at = 0;
  let counter = 0;
  const next = (): Uint8Array => {
    if (at >= slab.length) {
      slab = Buffer.from(filling);
      at = 0;
    }
    slab.writeDoubleBE(counter, at);
    run.copy(slab, at + 8);
    counter += 1;
    at += ENTRY_BYTES;
    return slab.subarray(at - ENTRY_BYTES, at);
  };
  return { take: (count) => Array.from({ length: count }, next) };
}

/** How many entries a second become durable, and how long one call waits. */
export async function drive(appender: Appender, about: Traffic & Extent): Promise<Measured> {
  const entries = createEntries();
  const call = () => appender.append(entries.take(about.perCall));
  const measured = await keepInFlight({ ...about, inFlight: about.calls }, call);
  return {
    ...measured,
    perSecond: round(measured.perSecond * about.perCall),
    count: measured.count * about.perCall,
  };
}
