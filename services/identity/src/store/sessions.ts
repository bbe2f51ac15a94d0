import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import type { Sealer } from '../seal.ts';
import { rowKey } from './keys.ts';
import { bucketOf, lacksPartition, makePartitions, SESSIONS } from './partitions.ts';

/** Sessions of browsers at the authorisation server: sealed, unlogged, hours long. */
export type Sessions = {
  put(
    about: { id: string; uid: string },
    value: { payload: unknown; madeAt: Date; expiresAt: Date },
  ): Promise<void>;
  find(id: string): Promise<unknown>;
  findByUid(uid: string): Promise<unknown>;
  drop(id: string): Promise<void>;
};

type Row = { key: Uint8Array; sealed: Uint8Array };

/** The sessions of one database. */
export function createSessions(needs: { db: Database; sealer: Sealer; now: Clock }): Sessions {
  const { db, sealer, now } = needs;
  const opened = ([row]: readonly Row[]): unknown => row && sealer.open(row.sealed, row.key);
  return {
    put: async ({ id, uid }, { payload, madeAt, expiresAt }) => {
      const key = rowKey('Session', id);
      const sealed = sealer.seal(payload, key);
      const write = () => db`
        insert into sessions (key, bucket, uid_key, sealed, expires_at)
        values (${key}, ${bucketOf(SESSIONS, madeAt)}, ${rowKey('Session uid', uid)}, ${sealed}, ${expiresAt})
        on conflict (key, bucket) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`;
      await write().catch(async (error) => {
        if (!lacksPartition(error)) throw error;
        await makePartitions(db, SESSIONS, now());
        await write();
      });
    },
    find: async (id) => {
      const [first, last] = span(now());
      return opened(
        await db<Row[]>`
        select key, sealed from sessions
        where key = ${rowKey('Session', id)} and bucket between ${first} and ${last}`,
      );
    },
    findByUid: async (uid) => {
      const [first, last] = span(now());
      return opened(
        await db<Row[]>`
        select key, sealed from sessions
        where uid_key = ${rowKey('Session uid', uid)} and bucket between ${first} and ${last}
        order by expires_at desc limit 1`,
      );
    },
    drop: async (id) => {
      const [first, last] = span(now());
      await db`
        delete from sessions where key = ${rowKey('Session', id)} and bucket between ${first} and ${last}`;
    },
  };
}

function span(at: Date): readonly [number, number] {
  const bucket = bucketOf(SESSIONS, at);
  return [bucket - SESSIONS.kept, bucket + 1];
}
