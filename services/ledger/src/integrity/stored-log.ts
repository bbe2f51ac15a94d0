import type { Database, DatabasePool, Transaction } from '@praya/kernel/database';
import type { JournalRow } from '../integration/journal.ts';

/** What the tables say of a log as a whole, not yet believed. */
export type StoredHeads = {
  readonly sequenced: number | null;
  readonly tree: StoredTree | null;
};
export type StoredTree = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: Uint8Array;
  readonly publishedSize: number;
  readonly published: string | null;
  readonly publishedAt: string | null;
};
export type StoredCheckpoint = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly publishedAt: string;
};

const JOURNAL_PAGE = 4;
const CHECKPOINT_PAGE = 500;

/** Runs on one state of the database, however long it takes and whatever is written meanwhile. */
export async function inSnapshot<T>(db: DatabasePool, run: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await db.begin('isolation level repeatable read read only', async (tx) => {
    await tx`set local idle_in_transaction_session_timeout = 0`;
    return run(tx);
  })) as T;
}

export async function readHeads(tx: Database, origin: string): Promise<StoredHeads> {
  const tree = await tx<
    (Omit<StoredTree, 'size' | 'publishedSize'> & { size: bigint; publishedSize: bigint })[]
  >`
    select size, root, frontier, published_size as "publishedSize", published, published_at::text as "publishedAt"
    from trees where origin = ${origin}`;
  const [row] = tree;
  return {
    sequenced: await readSequenced(tx, origin),
    tree:
      row === undefined ? null : { ...row, size: Number(row.size), publishedSize: Number(row.publishedSize) },
  };
}

/** How many places are given; null without a row. */
export async function readSequenced(db: Database, origin: string): Promise<number | null> {
  const [row] = await db<{ size: bigint }[]>`select size from sequences where origin = ${origin}`;
  return row === undefined ? null : Number(row.size);
}

/** The whole journal in its order, a few rows at a time. */
export function readWholeJournal(tx: Transaction, origin: string): AsyncGenerator<JournalRow> {
  const query = tx`declare journal_rows no scroll cursor for
    select first, leaves, entries from journal where origin = ${origin} order by first`;
  return fetched(query, async () => {
    const rows = await tx.unsafe<{ first: bigint; leaves: Uint8Array; entries: Uint8Array }[]>(
      `fetch ${JOURNAL_PAGE} from journal_rows`,
    );
    return rows.map((row) => ({ ...row, first: Number(row.first) }));
  });
}

/** All checkpoints, the smallest first. */
export function readAllCheckpoints(tx: Transaction, origin: string): AsyncGenerator<StoredCheckpoint> {
  const query = tx`declare checkpoint_rows no scroll cursor for
    select size, root, note, published_at::text as "publishedAt" from checkpoints where origin = ${origin} order by size`;
  return fetched(query, async () => {
    const rows = await tx.unsafe<(Omit<StoredCheckpoint, 'size'> & { size: bigint })[]>(
      `fetch ${CHECKPOINT_PAGE} from checkpoint_rows`,
    );
    return rows.map((row) => ({ ...row, size: Number(row.size) }));
  });
}

// Declared cursors, not the driver's: those hold the connection until they are read to the end.
async function* fetched<Row>(
  declared: PromiseLike<unknown>,
  fetchSome: () => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  await declared;
  for (let rows = await fetchSome(); rows.length > 0; rows = await fetchSome()) yield* rows;
}
