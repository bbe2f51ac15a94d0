import type { Database } from '@praya/kernel/database';
import type { Right } from './journal.ts';

/** What asking for the lease of a log answers. `taken` is null when another process holds it for `remainingMs` more. */
export type LeaseAnswer = {
  readonly taken: { readonly epoch: bigint; readonly size: number; readonly confirmed: boolean } | null;
  readonly halted: string | null;
  readonly remainingMs: number;
};

type TakeRow = {
  epoch: bigint | null;
  size: bigint | null;
  confirmed: boolean | null;
  halted: string | null;
  remaining: number;
};

/**
 * Takes the lease of a log when it is free, run out or our own already, or when its holder has no connection left: a
 * process that dies is missed at once, one that merely sleeps when the lease runs out. Each time the epoch rises:
 * statements that are still under way from before find nothing to change. A lease that ends later than any could is
 * not believed.
 */
export async function takeLease(
  db: Database,
  about: { origin: string; holder: string; leaseMs: number },
): Promise<LeaseAnswer | null> {
  const { origin, holder, leaseMs } = about;
  const [row] = await db<TakeRow[]>`
    with taken as (
      update sequences
      set epoch = epoch + 1, holder = ${holder}, leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
      where origin = ${origin} and halted is null
        and (holder is null or holder = ${holder} or leased_until <= clock_timestamp()
          or leased_until > clock_timestamp() + 2 * ${leaseMs} * interval '1 ms' or ${gone(db)})
      returning epoch, size, confirmed_for
    )
    select taken.epoch, taken.size, taken.confirmed_for is not distinct from pg_postmaster_start_time() as confirmed,
      held.halted,
      greatest(0, extract(epoch from held.leased_until - clock_timestamp()) * 1000)::float8 as remaining
    from sequences as held left join taken on true
    where held.origin = ${origin}`;
  if (row === undefined) return null;
  const { epoch, size, confirmed, halted } = row;
  const taken = epoch === null ? null : { epoch, size: Number(size), confirmed: confirmed === true };
  return { taken, halted, remainingMs: Math.min(Number(row.remaining), 2 * leaseMs) };
}

// See connectionName.
function gone(db: Database) {
  return db`not exists (
    select from pg_stat_get_activity(null) as connections
    where application_name = 'praya ledger ' || left(encode(sha256(convert_to(holder, 'utf8')), 'hex'), 32))`;
}

/** Prolongs the leases that are still ours; answers which, with what halts them. */
export async function renewLeases(
  db: Database,
  rights: readonly Right[],
  leaseMs: number,
): Promise<Map<string, { halted: string | null }>> {
  const origins = rights.map(({ origin }) => origin);
  const epochs = rights.map(({ epoch }) => String(epoch));
  const rows = await db<{ origin: string; halted: string | null }[]>`
    update sequences set leased_until = clock_timestamp() + ${leaseMs} * interval '1 ms'
    from jsonb_to_recordset(${db.json(origins.map((origin, at) => ({ origin, epoch: epochs[at] ?? '' })))})
      as mine (origin text, epoch bigint)
    where sequences.origin = mine.origin and sequences.epoch = mine.epoch
    returning sequences.origin, sequences.halted`;
  return new Map(rows.map(({ origin, halted }) => [origin, { halted }]));
}

/** Gives a lease back, so that nobody waits for its end. */
export async function releaseLease(db: Database, right: Right): Promise<void> {
  await db`
    update sequences set holder = null, leased_until = '-infinity'
    where origin = ${right.origin} and epoch = ${right.epoch}`;
}

/** Notes that the log may go on until the database server is started again. */
export async function noteConfirmed(db: Database, right: Right): Promise<void> {
  await db`
    update sequences set confirmed_for = pg_postmaster_start_time()
    where origin = ${right.origin} and epoch = ${right.epoch}`;
}

/** Stops a log until somebody mends it. */
export async function haltLog(db: Database, right: Right, reason: string): Promise<void> {
  await db`
    update sequences set halted = ${reason}
    where origin = ${right.origin} and epoch = ${right.epoch} and halted is null`;
}

/** A log on which there is something to do, and how long its lease still runs. */
export type Business = {
  readonly origin: string;
  readonly holder: string | null;
  readonly remainingMs: number;
  /** other processes have handed over entries */
  readonly waiting: boolean;
};

/** The logs with entries that wait for a place or for publication. */
export async function findBusiness(db: Database): Promise<readonly Business[]> {
  return db<Business[]>`
    select * from (
      select sequences.origin, sequences.holder,
        case when holder is null or ${gone(db)} then 0
          else greatest(0, extract(epoch from leased_until - clock_timestamp()) * 1000)::float8 end as "remainingMs",
        exists (select from submissions where submissions.origin = sequences.origin and places is null) as waiting,
        sequences.size > coalesce(trees.published_size, 0) as unfinished
      from sequences left join trees using (origin)
      where sequences.halted is null
    ) as logs
    where waiting or unfinished`;
}
