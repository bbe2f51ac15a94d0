import { type Database, transaction } from '@praya/kernel/database';
import { bulkTables } from './bulks.ts';
import { recordReads } from './record-reads.ts';
import { recordWrites } from './record-writes.ts';
import type { NotaryStore } from './store.ts';

/** The store on the room's database. */
export function notaryStore(db: Database): NotaryStore {
  return {
    ...recordReads(db),
    ...recordWrites(db),
    ...bulkTables(db),
    ...bookkeeping(db),
    transaction: (run) => transaction(db, (tx) => run(notaryStore(tx))),
  };
}

function bookkeeping(db: Database) {
  return {
    act: async (actions) => {
      const rows = actions.map((one) => ({ ...one, at: one.at.toISOString() }));
      await db`
        insert into actions (organisation, person, client, action, subject, reason, at)
        select * from jsonb_to_recordset(${db.json(rows)}) as row
          (organisation text, person text, client text, action text, subject text, reason text, at timestamptz)`;
    },
    findRepetition: async ({ organisation, actor, key }) => {
      const [before] = await db<{ bodyHash: string; subject: string }[]>`
        select body_hash as "bodyHash", subject from repetitions
        where organisation = ${organisation} and actor = ${actor} and key = ${key}`;
      return before;
    },
    keepRepetition: async ({ organisation, actor, key, bodyHash, subject, at }) => {
      const kept = await db`
        insert into repetitions (organisation, actor, key, body_hash, subject, at)
        values (${organisation}, ${actor}, ${key}, ${bodyHash}, ${subject}, ${at})
        on conflict do nothing returning key`;
      return kept.length > 0;
    },
    forgetRepetitions: async (before) => {
      await db`delete from repetitions where at < ${before}`;
    },
    ownLog: async (organisation) => {
      const [log] = await db<{ tenant: string; origin: string; openedAt: Date }[]>`
        select tenant, origin, opened_at as "openedAt" from own_logs where organisation = ${organisation}`;
      return log;
    },
    keepOwnLog: async ({ organisation, tenant, origin, openedAt }) => {
      await db`
        insert into own_logs (organisation, tenant, origin, opened_at)
        values (${organisation}, ${tenant}, ${origin}, ${openedAt}) on conflict do nothing`;
    },
  } satisfies Partial<NotaryStore>;
}
