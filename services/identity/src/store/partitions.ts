import { type Database, transaction } from '@praya/kernel/database';

/** A table whose partitions come and go with time. A row's bucket is the time it was made, in widths. */
export type TimedTable = {
  readonly name: 'moments' | 'sessions' | 'replays';
  readonly widthSeconds: number;
  /** How many buckets before the present one may still be asked for. */
  readonly kept: number;
  readonly ahead: number;
};

export const MOMENTS: TimedTable = { name: 'moments', widthSeconds: 900, kept: 4, ahead: 8 };
export const REPLAYS: TimedTable = { name: 'replays', widthSeconds: 900, kept: 2, ahead: 9 };
export const SESSIONS: TimedTable = { name: 'sessions', widthSeconds: 7200, kept: 5, ahead: 3 };

const TABLES = [MOMENTS, REPLAYS, SESSIONS];
const LOCK = 7_237_890;

/** The bucket of an instant. */
export function bucketOf(table: TimedTable, at: Date): number {
  return Math.floor(at.getTime() / 1000 / table.widthSeconds);
}

/** Makes the partitions that the coming hours need and drops those whose time is over. */
export async function maintainPartitions(db: Database, at: Date): Promise<void> {
  for (const table of TABLES) await makePartitions(db, table, at);
  for (const table of TABLES) await dropPartitions(db, table, at);
}

/** Makes the partitions of a table from the previous bucket on; any number of processes may do so at once. */
export async function makePartitions(db: Database, table: TimedTable, at: Date): Promise<void> {
  const now = bucketOf(table, at);
  await transaction(db, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const there = new Set(await partitionsOf(tx, table));
    for (let bucket = now - 1; bucket <= now + table.ahead; bucket++) {
      if (there.has(bucket)) continue;
      const name = `${table.name}_b${bucket}`;
      // Made apart and then attached: attaching does not stop those who read and write meanwhile.
      await tx.unsafe(
        `create unlogged table ${name} (like ${table.name} including defaults including indexes)`,
      );
      await tx.unsafe(
        `alter table ${table.name} attach partition ${name} for values from (${bucket}) to (${bucket + 1})`,
      );
    }
  });
}

async function dropPartitions(db: Database, table: TimedTable, at: Date): Promise<void> {
  const oldest = bucketOf(table, at) - table.kept;
  const over = (await partitionsOf(db, table)).filter((bucket) => bucket < oldest);
  for (const bucket of over) {
    await transaction(db, async (tx) => {
      await tx`select pg_advisory_xact_lock(${LOCK})`;
      // Dropping waits for everybody; rather than make others wait behind us, the next run tries again.
      await tx.unsafe(`set local lock_timeout = '500ms'`);
      await tx.unsafe(`drop table if exists ${table.name}_b${bucket}`);
    }).catch(unlessBusy);
  }
}

async function partitionsOf(db: Database, table: TimedTable): Promise<number[]> {
  const rows = await db<{ name: string }[]>`
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent = to_regclass(${table.name})`;
  return rows.map(({ name }) => Number(name.slice(table.name.length + 2)));
}

/** True where a row had no partition to go to. */
export function lacksPartition(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23514';
}

function unlessBusy(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === '55P03')) throw error;
}
