import type { Database } from '@praya/kernel/database';
import { HASH_BYTES, leafHash } from '@praya/tlog/merkle-hash';
import type { Batch } from '../sequencer/sequencer.ts';
import { sha256 } from '../sha256.ts';

/** A row of the journal as it stands. */
export type JournalRow = {
  readonly first: number;
  readonly leaves: Uint8Array;
  readonly entries: Uint8Array;
};

const PAGE_ROWS = 256;
/** Units: bytes. One row is read even when it alone is more. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** Journal rows in their order, from the one that holds a place on: a few megabytes at a time. */
export async function readJournal(db: Database, origin: string, place: number): Promise<JournalRow[]> {
  const rows = await db<{ first: bigint; leaves: Uint8Array; entries: Uint8Array }[]>`
    with page as (
      select first, sum(octet_length(entries)) over (order by first) - octet_length(entries) as before
      from journal
      where origin = ${origin} and first >= coalesce(
        (select max(first) from journal where origin = ${origin} and first <= ${place}), 0)
      order by first limit ${PAGE_ROWS}
    )
    select first, leaves, entries from page join journal using (first)
    where origin = ${origin} and before < ${PAGE_BYTES} order by first`;
  return rows.map((row) => ({ ...row, first: Number(row.first) }));
}

/** The batch of a row; null when its leaves are not the hashes of its entries. */
export function batchOf(origin: string, row: JournalRow): Batch | null {
  const entries = splitEntries(row.entries);
  const leaves = splitHashes(row.leaves);
  if (entries === null || entries.length !== leaves.length) return null;
  const fits = entries.every(
    (entry, at) => Buffer.compare(leafHash(sha256, entry), leaves[at] ?? entry) === 0,
  );
  return fits ? { origin, first: row.first, leaves, entries } : null;
}

/** Hashes that stand one after the other. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** Entries that stand each behind its length, however many; null when the last is cut short. */
export function splitEntries(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const until = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (at + 2 > bytes.length || until > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, until));
    at = until;
  }
  return entries;
}
