import { type Database, transaction } from '@praya/kernel/database';
import { appendLeafHashes } from '@praya/tlog/frontier';
import { leafHash } from '@praya/tlog/merkle-hash';
import { type Head, hasher, headOf, type TileGrowth, tileGrowth } from '../rules.ts';
import { findPlaces, growTiles, insertEntries, lockHead, saveHead } from '../store.ts';

export type Appended = {
  readonly head: Head;
  /** the place of each commitment, in the order given */
  readonly places: readonly number[];
  readonly growth: readonly TileGrowth[];
};

/** Gives each commitment its place, in one transaction; those that have one keep it. */
export function appendBatch(db: Database, commitments: readonly Uint8Array[]): Promise<Appended> {
  return transaction(db, async (tx) => {
    const head = await lockHead(tx);
    const places = await findPlaces(tx, commitments);
    const fresh = new Map<string, Uint8Array>();
    for (const commitment of commitments) {
      const key = keyOf(commitment);
      if (places.has(key)) continue;
      places.set(key, head.size + fresh.size);
      fresh.set(key, commitment);
    }
    const added = [...fresh.values()];
    const leaves = added.map((commitment) => leafHash(hasher, commitment));
    const { frontier, completed } = appendLeafHashes(hasher, head.frontier, leaves);
    const growth = tileGrowth(completed);
    const next = headOf(frontier);
    if (added.length > 0) {
      await Promise.all([insertEntries(tx, head.size, added), growTiles(tx, growth), saveHead(tx, next)]);
    }
    return { head: next, places: commitments.map((commitment) => placeOf(places, commitment)), growth };
  });
}

function placeOf(places: ReadonlyMap<string, number>, commitment: Uint8Array): number {
  const place = places.get(keyOf(commitment));
  if (place === undefined) throw new Error('A commitment got no place');
  return place;
}

function keyOf(commitment: Uint8Array): string {
  return Buffer.from(commitment).toString('hex');
}
