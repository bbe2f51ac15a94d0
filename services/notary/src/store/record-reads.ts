import type { Database } from '@praya/kernel/database';
import type { ManifestFile } from '../records/contract.ts';
import type { NotaryStore, RecordRow, RecordsPage, StatementRow } from './store.ts';

type Read = Omit<StatementRow, 'place'> & { readonly origin: string | null; readonly index: bigint | null };

/** Reading records and their statements. */
export function recordReads(db: Database) {
  const columns = recordColumns(db);
  const one = async (rows: PromiseLike<RecordRow[]>) => (await rows)[0];
  return {
    find: (id) => one(db<RecordRow[]>`select ${columns} from records where id = ${id}`),
    lock: (id) => one(db<RecordRow[]>`select ${columns} from records where id = ${id} for update`),
    findByCode: (code) => one(db<RecordRow[]>`select ${columns} from records where code = ${code}`),
    findByDigest: (digest, limit) => db<RecordRow[]>`
      select ${columns} from records where digest = ${digest} and revision > 0 order by id desc limit ${limit}`,
    manifestOf: async (id) => {
      const [row] = await db<{ manifest: ManifestFile[] | null }[]>`
        select manifest from records where id = ${id}`;
      return row?.manifest ?? null;
    },
    page: (page) => db<RecordRow[]>`
      select ${columns} from records r
      where organisation = ${page.organisation} and revision > 0 ${wanted(db, page)}
      order by id desc limit ${page.limit}`,
    waiting: ({ organisation, after, limit }) => db<RecordRow[]>`
      select ${columns} from records
      where stated = 'pending' and revision > 0 and steps[revision] = ${organisation} and erased_at is null
        ${after === undefined ? db`` : db`and id > ${after}`}
      order by id limit ${limit}`,
    statementsOf: async (ids) => (await statements(db, db`record = any(${[...ids]})`, null)).map(statementOf),
    unplaced: async ({ records, before, limit }) => {
      const mine = records === undefined ? db`` : db`and record = any(${[...records]})`;
      const old = before === undefined ? db`` : db`and at < ${before}`;
      return (await statements(db, db`origin is null ${mine} ${old}`, limit)).map(statementOf);
    },
    unplacedOf: async (bulk, limit) => {
      const mine = db`select record from bulk_rows where bulk = ${bulk} and record is not null`;
      return (await statements(db, db`origin is null and record in (${mine})`, limit)).map(statementOf);
    },
  } satisfies Partial<NotaryStore>;
}

function recordColumns(db: Database) {
  return db`
    id, code, organisation, kind, title, reference, holder, digest, content, files, valid_from as "validFrom",
    valid_until as "validUntil", disclose, steps, revision, created_at as "createdAt", erased_at as "erasedAt"`;
}

function statements(db: Database, condition: ReturnType<Database>, limit: number | null) {
  return db<Read[]>`
    select record, revision, issuer, state, reason, at, effective_from as "effectiveFrom", digest, previous,
      statement, entry, tenant, origin, index
    from statements where ${condition} order by record, revision limit ${limit}`;
}

function statementOf({ origin, index, ...row }: Read): StatementRow {
  return { ...row, place: origin === null || index === null ? null : { origin, index: Number(index) } };
}

// A change that has not yet come leaves the newest statement out of force; then the one before counts.
function wanted(db: Database, { query, digest, code, kind, state, before, now }: RecordsPage) {
  const like = `%${(query ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`;
  const exact = db`or digest = ${digest ?? null} or code = ${code ?? null}`;
  const sought = db`and (title ilike ${like} or reference ilike ${like} or holder ilike ${like} ${exact})`;
  const stated = db`case when r.effective_from is null or r.effective_from <= ${now} then r.stated else
    (select s.state from statements s where s.record = r.id and s.origin is not null
      and (s.effective_from is null or s.effective_from <= ${now}) order by s.revision desc limit 1) end`;
  const standing = db`case when erased_at is not null then 'erased'
    when ${stated} = 'active' and valid_until <= ${now} then 'expired' else ${stated} end`;
  return db`
    ${query === undefined ? db`` : sought}
    ${kind === undefined ? db`` : db`and kind = ${kind}`}
    ${state === undefined ? db`` : db`and ${standing} = ${state}`}
    ${before === undefined ? db`` : db`and id < ${before}`}`;
}
