import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { rowKey } from './keys.ts';
import { bucketOf, lacksPartition, makePartitions, REPLAYS } from './partitions.ts';

/** `once`: nobody used it before. `again`: somebody did. `forgotten`: another epoch began, so nobody can say. */
export type Claim = 'once' | 'again' | 'forgotten';

/** Uses of things that may be used once, within a window no longer than a bucket. */
export type Replays = { claim(kind: string, id: string, epochId: string): Promise<Claim> };

/** The uses remembered in one database. */
export function createReplays(needs: { db: Database; now: Clock }): Replays {
  const { db, now } = needs;
  return {
    claim: async (kind, id, epochId) => {
      const about = { key: rowKey(kind, id), bucket: bucketOf(REPLAYS, now()), epochId };
      return claimOnce(db, about).catch(async (error) => {
        if (!lacksPartition(error)) throw error;
        await makePartitions(db, REPLAYS, now());
        return claimOnce(db, about);
      });
    },
  };
}

/**
 * Marks the present bucket and the next in one statement. A second use within the window meets one of the two,
 * also across the boundary; only who got both rows in was first.
 */
export async function claimOnce(
  db: Database,
  about: { key: Uint8Array; bucket: number; epochId: string },
): Promise<Claim> {
  const { key, bucket, epochId } = about;
  const [row] = await db<{ epoch: string | null; rows: number }[]>`
    with present as (select id from epoch),
    claimed as (
      insert into replays (key, bucket)
      select ${key}::bytea, b from present, unnest(array[${bucket}::int, ${bucket + 1}::int]) b
      where present.id = ${epochId}
      on conflict do nothing
      returning 1
    )
    select (select id from present) as epoch, (select count(*)::int from claimed) as rows`;
  if (row === undefined || row.epoch !== epochId) return 'forgotten';
  return row.rows === 2 ? 'once' : 'again';
}
