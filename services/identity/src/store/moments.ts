import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import type { Sealer } from '../seal.ts';
import { rowKey } from './keys.ts';
import { bucketOf, lacksPartition, MOMENTS, makePartitions } from './partitions.ts';

/** Something that lives for at most half an hour. */
export type Moment = {
  readonly payload: unknown;
  readonly consumedAt: Date | null;
  readonly expiresAt: Date;
};

/** Codes, tokens, pushed requests, interactions, challenges: sealed, in unlogged tables, gone after a crash. */
export type Moments = {
  put(
    about: { model: string; id: string },
    value: { payload: unknown; madeAt: Date; expiresAt: Date; grantId?: string | undefined },
  ): Promise<void>;
  find(model: string, id: string): Promise<Moment | undefined>;
  /** Uses it up; undefined where it is not there, has expired, or was used before. One caller of many gets it. */
  consume(model: string, id: string): Promise<Moment | undefined>;
  drop(model: string, id: string): Promise<void>;
  dropOfGrant(model: string, grantId: string): Promise<void>;
};

type Row = { sealed: Uint8Array; consumed_at: Date | null; expires_at: Date };

/** The moments of one database. */
export function createMoments(needs: { db: Database; sealer: Sealer; now: Clock }): Moments {
  const { db, sealer, now } = needs;
  const opened = (row: Row | undefined, key: Buffer): Moment | undefined =>
    row && {
      payload: sealer.open(row.sealed, key),
      consumedAt: row.consumed_at,
      expiresAt: row.expires_at,
    };
  return {
    put: async ({ model, id }, { payload, madeAt, expiresAt, grantId }) => {
      const key = rowKey(model, id);
      const grantKey = grantId === undefined ? null : rowKey('Grant', grantId);
      const row = { key, bucket: bucketOf(MOMENTS, madeAt), sealed: sealer.seal(payload, key) };
      const write = () => upsert(db, { ...row, grantKey, expiresAt });
      await write().catch(async (error) => {
        if (!lacksPartition(error)) throw error;
        await makePartitions(db, MOMENTS, now());
        await write();
      });
    },
    find: async (model, id) => {
      const key = rowKey(model, id);
      return opened(await select(db, key, now()), key);
    },
    consume: async (model, id) => {
      const key = rowKey(model, id);
      return opened(await take(db, key, now()), key);
    },
    drop: async (model, id) => {
      const [first, last] = span(now());
      await db`delete from moments where key = ${rowKey(model, id)} and bucket between ${first} and ${last}`;
    },
    dropOfGrant: async (_model, grantId) => {
      await dropMomentsOfGrant(db, rowKey('Grant', grantId));
    },
  };
}

/** Everything short-lived that came from a grant. */
export async function dropMomentsOfGrant(db: Database, grantKey: Uint8Array): Promise<void> {
  await db`delete from moments where grant_key = ${grantKey}`;
}

// One bucket ahead too: another process may have a clock that is a little faster.
function span(at: Date): readonly [number, number] {
  const bucket = bucketOf(MOMENTS, at);
  return [bucket - MOMENTS.kept, bucket + 1];
}

async function upsert(
  db: Database,
  row: { key: Buffer; bucket: number; sealed: Buffer; grantKey: Buffer | null; expiresAt: Date },
): Promise<void> {
  await db`
    insert into moments (key, bucket, sealed, grant_key, expires_at)
    values (${row.key}, ${row.bucket}, ${row.sealed}, ${row.grantKey}, ${row.expiresAt})
    on conflict (key, bucket) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`;
}

async function select(db: Database, key: Buffer, at: Date): Promise<Row | undefined> {
  const [first, last] = span(at);
  const [row] = await db<Row[]>`
    select sealed, consumed_at, expires_at from moments
    where key = ${key} and bucket between ${first} and ${last}`;
  return row;
}

async function take(db: Database, key: Buffer, at: Date): Promise<Row | undefined> {
  const [first, last] = span(at);
  const [row] = await db<Row[]>`
    update moments set consumed_at = ${at}
    where key = ${key} and bucket between ${first} and ${last}
      and consumed_at is null and expires_at > ${at}
    returning sealed, consumed_at, expires_at`;
  return row;
}
