import type { BulkFailure } from '../contract.ts';
import { stateAt } from '../rules/states.ts';
import type {
  Action,
  Bulk,
  BulkResult,
  BulkRow,
  NewRow,
  NotaryStore,
  RecordRow,
  Repetition,
  StatementRow,
} from './store.ts';

type KeptRow = { item?: unknown; record?: string; failure?: BulkFailure };
type Kept = {
  records: Map<string, NewRow>;
  statements: Map<string, StatementRow[]>;
  actions: Action[];
  repetitions: Map<string, Repetition>;
  bulks: Map<string, { bulk: Bulk; rows: Map<number, KeptRow> }>;
  ownLogs: Map<string, { tenant: string; origin: string; openedAt: Date }>;
};

const SHOWN_FAILURES = 100;

/** The store of the double: the same answers from memory. One transaction runs at a time. */
export function memoryStore(about: { onBulk?: (id: string) => void } = {}): NotaryStore & {
  readonly actions: readonly Action[];
} {
  const kept: Kept = {
    records: new Map(),
    statements: new Map(),
    actions: [],
    repetitions: new Map(),
    bulks: new Map(),
    ownLogs: new Map(),
  };
  let last: Promise<unknown> = Promise.resolve();
  const store: NotaryStore = {
    ...readsIn(kept),
    ...writesIn(kept),
    ...bulksIn(kept, about.onBulk),
    ...bookkeepingIn(kept),
    transaction: (run) => {
      const mine = last.then(() => run(store));
      last = mine.catch(() => {});
      return mine;
    },
  };
  return { ...store, actions: kept.actions };
}

function readsIn(kept: Kept) {
  const newestFirst = () => [...kept.records.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  const all = () => [...kept.statements.values()].flat();
  return {
    find: async (id) => kept.records.get(id),
    lock: async (id) => kept.records.get(id),
    findByCode: async (code) => newestFirst().find((one) => one.code === code),
    findByDigest: async (digest, limit) =>
      newestFirst()
        .filter((one) => one.digest === digest && one.revision > 0)
        .slice(0, limit),
    manifestOf: async (id) => kept.records.get(id)?.manifest ?? null,
    page: async (page) =>
      newestFirst()
        .filter((row) => row.organisation === page.organisation && row.revision > 0)
        .filter((row) => page.before === undefined || row.id < page.before)
        .filter((row) => page.kind === undefined || row.kind === page.kind)
        .filter((row) => page.query === undefined || isSought(row, { ...page, query: page.query }))
        .filter((row) => page.state === undefined || page.state === standing(kept, row, page.now))
        .slice(0, page.limit),
    waiting: async ({ organisation, after, limit }) =>
      newestFirst()
        .reverse()
        .filter((row) => row.steps?.[row.revision - 1] === organisation && row.erasedAt === null)
        .filter((row) => placedOf(kept, row.id).at(-1)?.state === 'pending')
        .filter((row) => after === undefined || row.id > after)
        .slice(0, limit),
    statementsOf: async (ids) => ids.flatMap((id) => kept.statements.get(id) ?? []),
    unplaced: async ({ records, before, limit }) =>
      all()
        .filter((one) => one.place === null && (records?.includes(one.record) ?? true))
        .filter((one) => before === undefined || one.at < before)
        .slice(0, limit),
    unplacedOf: async (bulk, limit) => {
      const rows = [...(kept.bulks.get(bulk)?.rows.values() ?? [])];
      const ids = new Set(rows.flatMap(({ record }) => record ?? []));
      return all()
        .filter((one) => one.place === null && ids.has(one.record))
        .slice(0, limit);
    },
  } satisfies Partial<NotaryStore>;
}

function writesIn(kept: Kept) {
  const add = (statement: StatementRow) => {
    const there = kept.statements.get(statement.record) ?? [];
    if (there.some(({ revision }) => revision === statement.revision)) return false;
    kept.statements.set(statement.record, [...there, statement]);
    return true;
  };
  return {
    insert: async (records, statements) => {
      for (const record of records) kept.records.set(record.id, record);
      for (const statement of statements) add(statement);
    },
    addStatement: async (statement) => add(statement),
    place: async (places) => {
      for (const { record, revision, place } of places) {
        const statements = kept.statements.get(record) ?? [];
        kept.statements.set(
          record,
          statements.map((one) => (one.revision === revision ? { ...one, place: one.place ?? place } : one)),
        );
        const row = kept.records.get(record);
        if (row !== undefined && row.revision < revision) kept.records.set(record, { ...row, revision });
      }
    },
    erase: async (id, at) => {
      const row = kept.records.get(id);
      if (row === undefined) return;
      const nothing = {
        title: null,
        reference: null,
        holder: null,
        digest: null,
        content: null,
        manifest: null,
      };
      kept.records.set(id, { ...row, ...nothing, files: 0, validFrom: null, validUntil: null, erasedAt: at });
      const said = { statement: null, reason: null, digest: null, previous: null };
      kept.statements.set(
        id,
        (kept.statements.get(id) ?? []).map((one) => ({ ...one, ...said })),
      );
    },
  } satisfies Partial<NotaryStore>;
}

function bulksIn(kept: Kept, onBulk: ((id: string) => void) | undefined) {
  const rowsOf = (id: string) => [...(kept.bulks.get(id)?.rows ?? [])].sort(([a], [b]) => a - b);
  const recordOf = ({ record }: KeptRow) => (record === undefined ? undefined : kept.records.get(record));
  return {
    addBulk: async (bulk, rows) => {
      const entries = rows.map((one): [number, KeptRow] =>
        'code' in one ? [one.row, { failure: one }] : [one.row, { item: one.item }],
      );
      kept.bulks.set(bulk.id, { bulk, rows: new Map(entries) });
      onBulk?.(bulk.id);
    },
    findBulk: async (id) => kept.bulks.get(id)?.bulk,
    takeRows: async (id, limit): Promise<BulkRow[]> =>
      rowsOf(id)
        .flatMap(([row, { item }]) => (item === undefined ? [] : [{ row, item }]))
        .slice(0, limit),
    settleRows: async (id, rows) => {
      for (const one of rows)
        kept.bulks.get(id)?.rows.set(one.row, 'code' in one ? { failure: one } : { record: one.record });
    },
    progress: async (id) => {
      const rows = rowsOf(id).map(([, row]) => row);
      const failed = rows.flatMap(({ failure }) => failure ?? []);
      const done = rows.filter((row) => (recordOf(row)?.revision ?? 0) > 0).length;
      return { done, failures: failed.length, failed: failed.slice(0, SHOWN_FAILURES) };
    },
    results: async (id) => rowsOf(id).map(([row, one]) => resultOf(row, one, recordOf(one))),
  } satisfies Partial<NotaryStore>;
}

function bookkeepingIn(kept: Kept) {
  const nameOf = (one: Pick<Repetition, 'organisation' | 'actor' | 'key'>) =>
    `${one.organisation} ${one.actor} ${one.key}`;
  return {
    act: async (actions) => {
      kept.actions.push(...actions);
    },
    findRepetition: async (of) => kept.repetitions.get(nameOf(of)),
    keepRepetition: async (repetition) => {
      if (kept.repetitions.has(nameOf(repetition))) return false;
      kept.repetitions.set(nameOf(repetition), repetition);
      return true;
    },
    forgetRepetitions: async (before) => {
      for (const [name, { at }] of kept.repetitions) if (at < before) kept.repetitions.delete(name);
    },
    ownLog: async (organisation) => kept.ownLogs.get(organisation),
    keepOwnLog: async ({ organisation, ...log }) => {
      if (!kept.ownLogs.has(organisation)) kept.ownLogs.set(organisation, log);
    },
  } satisfies Partial<NotaryStore>;
}

function placedOf(kept: Kept, id: string): StatementRow[] {
  return (kept.statements.get(id) ?? []).filter(({ place }) => place !== null);
}

function standing(kept: Kept, row: RecordRow, now: Date) {
  return stateAt(row, placedOf(kept, row.id), now);
}

function isSought(
  row: RecordRow,
  about: { query: string; digest?: string | undefined; code?: string | undefined },
): boolean {
  const query = about.query.toLowerCase();
  const has = [row.title, row.reference, row.holder].some(
    (text) => text?.toLowerCase().includes(query) === true,
  );
  return has || (row.digest !== null && row.digest === about.digest) || row.code === about.code;
}

function resultOf(row: number, { failure }: KeptRow, record: RecordRow | undefined): BulkResult {
  return {
    row,
    record: record?.id ?? null,
    placed: (record?.revision ?? 0) > 0,
    code: record?.code ?? null,
    title: record?.title ?? null,
    reference: record?.reference ?? null,
    digest: record?.digest ?? null,
    refusal: failure?.code ?? null,
    field: failure?.field ?? null,
    rule: failure?.rule ?? null,
  };
}
