import type { Database } from '@praya/kernel/database';
import type { Ask } from './batch.ts';

/** Told to everybody when entries wait for the holder of a lease; the payload is the origin. */
export const SUBMITTED = 'ledger_submitted';
/** Told to everybody when places are there; the payload is the sender. */
export const PLACED = 'ledger_placed';

/** Entries that another process handed over. */
export type Submission = Ask & { readonly id: string };

/** Hands entries over to whoever holds the lease of the log; durable when it answers with the id. */
export async function submit(
  db: Database,
  about: { origin: string; sender: string },
  ask: { leaves: Buffer; bundle: Buffer },
): Promise<string> {
  const rows = await db<{ id: string }[]>`
    with row as (
      insert into submissions (origin, sender, leaves, entries)
      values (${about.origin}, ${about.sender},
        decode(${ask.leaves.toString('base64')}, 'base64'), decode(${ask.bundle.toString('base64')}, 'base64'))
      returning id
    )
    select row.id::text, pg_notify(${SUBMITTED}, ${about.origin}) from row`;
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('A submission has no id');
  return id;
}

/** Entries that wait, the oldest first, without those that are being sequenced just now. */
export async function readSubmissions(
  db: Database,
  origin: string,
  about: { without: readonly string[]; limit: number },
): Promise<readonly Submission[]> {
  const rows = await db<{ id: string; leaves: Buffer; entries: Buffer }[]>`
    select id::text, leaves, entries from submissions
    where origin = ${origin} and places is null and id <> all (${`{${about.without.join(',')}}`}::text::bigint[])
    order by submissions.id limit ${about.limit}`;
  return rows.map(({ id, leaves, entries }) => ({ id, count: leaves.length / 32, leaves, bundle: entries }));
}

/** Fetches the places that a sender's entries got; their rows go. */
export async function collectPlaces(db: Database, sender: string): Promise<ReadonlyMap<string, number[]>> {
  const rows = await db<{ id: string; places: string }[]>`
    delete from submissions where sender = ${sender} and places is not null
    returning id::text, array_to_string(places, ',') as places`;
  return new Map(rows.map(({ id, places }) => [id, places.split(',').map(Number)]));
}

/** Deletes answers that nobody has fetched for a minute: whoever asked is gone. */
export async function dropUnclaimed(db: Database, origin: string): Promise<void> {
  await db`
    delete from submissions
    where origin = ${origin} and places is not null and created_at < now() - interval '1 minute'`;
}
