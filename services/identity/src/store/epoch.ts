import type { Clock } from '@praya/kernel/clock';
import { type Database, transaction } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';

/** The time since the unlogged tables were last emptied. Before it, what was used once has been forgotten. */
export type Epoch = { readonly id: string; readonly startedAt: Date; readonly first: boolean };

type Row = { id: string; started_at: Date; first: boolean };

/** The present epoch; a new one begins where its row is gone. */
export async function presentEpoch(db: Database, now: Clock): Promise<Epoch> {
  return (await findEpoch(db)) ?? (await beginEpoch(db, now));
}

async function beginEpoch(db: Database, now: Clock): Promise<Epoch> {
  const at = now();
  await transaction(db, async (tx) => {
    await tx`
      with begun as (
        insert into epoch (id, started_at) values (${newId('epo', at)}, ${at})
        on conflict do nothing returning id, started_at
      )
      insert into epochs (id, started_at) select id, started_at from begun`;
  });
  const epoch = await findEpoch(db);
  if (epoch === undefined) throw new Error('The epoch that was just begun is not there');
  return epoch;
}

async function findEpoch(db: Database): Promise<Epoch | undefined> {
  const [row] = await db<Row[]>`
    select id, started_at, not exists (select from epochs past where past.id <> epoch.id) as first
    from epoch`;
  return row && { id: row.id, startedAt: row.started_at, first: row.first };
}
