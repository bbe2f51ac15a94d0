import type { Database } from '@praya/kernel/database';

/** What may be used once, by who made it: `gateway`, `client:<id>`, `statement`. */
export type OnceOnly = { readonly maker: string; readonly id: string; readonly until: Date };

/** Uses it up; false where it was used before. Insert-only, so that of parallel uses exactly one succeeds. */
export async function spend(db: Database, { maker, id, until }: OnceOnly): Promise<boolean> {
  const rows = await db`
    insert into praya_connector.replays (maker, id, until) values (${maker}, ${id}, ${until})
    on conflict do nothing returning 1 as spent`;
  return rows.length === 1;
}

/** Forgets what has expired by itself. */
export async function forgetReplays(db: Database, now: Date): Promise<void> {
  await db`delete from praya_connector.replays where until < ${now}`;
}
