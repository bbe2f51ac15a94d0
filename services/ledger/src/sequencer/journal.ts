import type { Database } from '@praya/kernel/database';
import type { Draft } from './batch.ts';

/** Whose right to write is asked for with every batch. */
export type Right = { readonly origin: string; readonly epoch: bigint };

/** Places that entries of other processes got: the ids of their rows, and `{1,2,3}` for each. */
export type Placed = { readonly ids: readonly string[]; readonly places: readonly (readonly number[])[] };

const CHANNEL = 'ledger_placed';

/**
 * Makes a batch durable, in one statement that commits by itself; false when the right to write is lost.
 * The size is expected, too: of two batches under way the second does not stand without the first.
 */
export async function appendBatch(db: Database, right: Right, draft: Draft): Promise<boolean> {
  const { first, count } = draft;
  const kept = await db`
    with head as (
      update sequences set size = size + ${count}
      where origin = ${right.origin} and epoch = ${right.epoch} and size = ${first} and halted is null
      returning 1
    )
    insert into journal (origin, first, leaves, entries)
    select ${right.origin}, ${first}, decode(${base64(draft.leaves)}, 'base64'), decode(${base64(draft.bundle)}, 'base64')
    from head`;
  return kept.count === 1;
}

/** The same with entries of other processes among them, who are told. The batch may have nothing new at all. */
export async function appendWithPlaces(
  db: Database,
  right: Right,
  { draft, placed }: { draft: Draft; placed: Placed },
): Promise<boolean> {
  const { first, count } = draft;
  const lists = placed.places.map((places) => `{${places.join(',')}}`).join(';');
  const [kept] = await db<{ kept: bigint }[]>`
    with head as (
      update sequences set size = size + ${count}
      where origin = ${right.origin} and epoch = ${right.epoch} and size = ${first} and halted is null
      returning 1
    ), added as (
      insert into journal (origin, first, leaves, entries)
      select ${right.origin}, ${first}, decode(${base64(draft.leaves)}, 'base64'), decode(${base64(draft.bundle)}, 'base64')
      from head where ${count}::int > 0
    ), answered as (
      update submissions set places = given.places::bigint[]
      from head, unnest(${`{${placed.ids.join(',')}}`}::text::bigint[], string_to_array(${lists}, ';')) as given (id, places)
      where submissions.id = given.id
      returning submissions.sender
    ), told as (
      select pg_notify(${CHANNEL}, sender) from (select distinct sender from answered) as senders
    )
    select (select count(*) from head) as kept, (select count(*) from told)`;
  return kept?.kept === 1n;
}

/** Deletes what is in tiles and out of the window, or more than the bytes that are kept. Answers how many batches went. */
export async function trimJournal(
  db: Database,
  origin: string,
  keep: { leaves: number; bytes: number; batches: number },
): Promise<number> {
  const gone = await db`
    with kept as (
      select first, octet_length(leaves) / 32 as count,
        sum(octet_length(entries)) over newest as bytes, row_number() over newest as batches
      from journal where origin = ${origin} window newest as (order by first desc)
    )
    delete from journal using kept, sequences, trees
    where journal.origin = ${origin} and journal.first = kept.first
      and sequences.origin = ${origin} and trees.origin = ${origin}
      and kept.first + kept.count <= trees.size
      and kept.first + kept.count < sequences.size
      and (kept.first + kept.count <= sequences.size - ${keep.leaves} or kept.bytes > ${keep.bytes}
        or kept.batches > ${keep.batches})`;
  return gone.count;
}

// Two thirds of what hexadecimal digits take, and both sides are quick at it.
function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
