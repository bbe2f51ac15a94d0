import type { Database, Json } from '@praya/kernel/database';
import { enqueue } from '@praya/kernel/outbox';
import type { BulkFailure } from '../contract.ts';
import type { Bulk, BulkResult, BulkRow, NotaryStore } from './store.ts';

const ATTEMPTS = 100;
const SHOWN_FAILURES = 100;

/** Bulks and their rows. */
export function bulkTables(db: Database) {
  return {
    addBulk: async (bulk, rows) => {
      await db`
        insert into bulks (id, organisation, person, client, total, created_at)
        values (${bulk.id}, ${bulk.organisation}, ${bulk.person}, ${bulk.client}, ${bulk.total}, ${bulk.createdAt})`;
      await db`
        insert into bulk_rows (bulk, row, item, code, field, rule)
        select ${bulk.id}, row, item, code, field, rule
        from jsonb_to_recordset(${db.json(rows as unknown as Json)}) as one
          (row int, item jsonb, code text, field text, rule text)`;
      await enqueue(db, {
        job: 'notary.bulk',
        payload: { id: bulk.id },
        key: `notary.bulk:${bulk.id}`,
        maxAttempts: ATTEMPTS,
      });
    },
    findBulk: async (id) => {
      const [bulk] = await db<Bulk[]>`
        select id, organisation, person, client, total, created_at as "createdAt" from bulks where id = ${id}`;
      return bulk;
    },
    takeRows: (bulk, limit) => db<BulkRow[]>`
      select row, item from bulk_rows where bulk = ${bulk} and item is not null
      order by row limit ${limit} for update skip locked`,
    settleRows: async (bulk, rows) => {
      await db`
        update bulk_rows b set item = null, record = s.record, code = s.code, field = s.field, rule = s.rule
        from jsonb_to_recordset(${db.json(rows as unknown as Json)}) as s
          (row int, record text, code text, field text, rule text)
        where b.bulk = ${bulk} and b.row = s.row and b.item is not null`;
    },
    progress: async (bulk) => {
      const [counts] = await db<{ done: number; failures: number }[]>`
        select count(*) filter (where r.revision > 0)::int as done, count(b.code)::int as failures
        from bulk_rows b left join records r on r.id = b.record where b.bulk = ${bulk}`;
      const failed = await db<Failed[]>`
        select row, code, field, rule from bulk_rows where bulk = ${bulk} and code is not null
        order by row limit ${SHOWN_FAILURES}`;
      return { done: counts?.done ?? 0, failures: counts?.failures ?? 0, failed: failed.map(failureOf) };
    },
    results: (bulk) => db<BulkResult[]>`
      select b.row, b.record, coalesce(r.revision > 0, false) as placed, r.code, r.title, r.reference, r.digest,
        b.code as refusal, b.field, b.rule
      from bulk_rows b left join records r on r.id = b.record where b.bulk = ${bulk} order by b.row`,
  } satisfies Partial<NotaryStore>;
}

type Failed = { row: number; code: string; field: string | null; rule: string | null };

function failureOf({ row, code, field, rule }: Failed): BulkFailure {
  return { row, code, ...(field === null ? {} : { field }), ...(rule === null ? {} : { rule }) };
}
