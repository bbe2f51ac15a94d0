import type { Database, Json } from '@praya/kernel/database';
import type { NotaryStore, StatementRow } from './store.ts';

/** Writing records and their statements. */
export function recordWrites(db: Database) {
  return {
    insert: async (records, statements) => {
      await db`
        insert into records (id, code, organisation, kind, title, reference, holder, digest, content, manifest,
          files, valid_from, valid_until, disclose, steps, created_at)
        select id, code, organisation, kind, title, reference, holder, digest, content, manifest, files,
          "validFrom", "validUntil", disclose, steps, "createdAt"
        from jsonb_to_recordset(${db.json(records as unknown as Json)}) as row
          (id text, code text, organisation text, kind text, title text, reference text, holder text, digest text,
            content jsonb, manifest jsonb, files int, "validFrom" timestamptz, "validUntil" timestamptz,
            disclose text, steps text[], "createdAt" timestamptz)`;
      await insertStatements(db, statements);
    },
    addStatement: async (statement) => (await insertStatements(db, [statement])) === 1,
    place: async (places) => {
      const rows = places.map(({ record, revision, place }) => ({ record, revision, ...place }));
      await db`
        with placed as (
          update statements s set origin = p.origin, index = p.index
          from jsonb_to_recordset(${db.json(rows)}) as p (record text, revision int, origin text, index bigint)
          where s.record = p.record and s.revision = p.revision and s.origin is null
          returning s.record, s.revision, s.state, s.effective_from
        )
        update records r set revision = placed.revision, stated = placed.state,
          effective_from = placed.effective_from
        from placed where r.id = placed.record and r.revision < placed.revision`;
    },
    erase: async (id, at) => {
      await db`
        update statements set statement = null, reason = null, digest = null, previous = null where record = ${id}`;
      await db`
        update records set title = null, reference = null, holder = null, digest = null, content = null,
          manifest = null, files = 0, valid_from = null, valid_until = null, erased_at = ${at}
        where id = ${id}`;
    },
  } satisfies Partial<NotaryStore>;
}

async function insertStatements(db: Database, statements: readonly StatementRow[]): Promise<number> {
  const rows = statements.map(({ statement, entry, place: _, ...row }) => ({
    ...row,
    statement: statement === null ? null : Buffer.from(statement).toString('base64'),
    entry: Buffer.from(entry).toString('base64'),
  }));
  const inserted = await db`
    insert into statements (record, revision, issuer, state, reason, at, effective_from, digest, previous,
      statement, entry, tenant)
    select record, revision, issuer, state, reason, at, "effectiveFrom", digest, previous,
      decode(statement, 'base64'), decode(entry, 'base64'), tenant
    from jsonb_to_recordset(${db.json(rows as unknown as Json)}) as row
      (record text, revision int, issuer text, state text, reason text, at timestamptz,
        "effectiveFrom" timestamptz, digest text, previous text, statement text, entry text, tenant text)
    on conflict (record, revision) do nothing`;
  return inserted.count;
}
