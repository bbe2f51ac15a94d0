import type { Batch } from '../sequencer/sequencer.ts';

/** What of a batch comes at or after a place; null when nothing does. */
export function batchFrom(batch: Batch, place: number): Batch | null {
  const skip = place - batch.first;
  if (skip <= 0) return batch;
  if (skip >= batch.leaves.length) return null;
  return { ...batch, first: place, leaves: batch.leaves.slice(skip), entries: batch.entries.slice(skip) };
}
