import type { JobRequest } from '@praya/kernel/outbox';
import type { ConsentRow, ConsentStore, DeliveryRow, RevisionRow } from './store.ts';

type Kept = {
  consents: Map<string, ConsentRow>;
  handles: Map<string, ConsentRow['id']>;
  revisions: Map<string, RevisionRow[]>;
  tombstones: Set<string>;
  withdrawals: Set<string>;
  deliveries: Map<string, DeliveryRow>;
};

/** What the double was told to tell and to do later. */
export type Outbox = { readonly events: { name: string; consentId: string }[]; readonly jobs: JobRequest[] };

/** The store of the double: the same answers from memory. One transaction runs at a time. */
export function memoryStore(outbox: Outbox): ConsentStore {
  const kept: Kept = {
    consents: new Map(),
    handles: new Map(),
    revisions: new Map(),
    tombstones: new Set(),
    withdrawals: new Set(),
    deliveries: new Map(),
  };
  let last: Promise<unknown> = Promise.resolve();
  const store: ConsentStore = {
    ...consentsIn(kept),
    ...revisionsIn(kept),
    ...deliveriesIn(kept),
    transaction: (run) => {
      const mine = last.then(() => run(store));
      last = mine.catch(() => {});
      return mine;
    },
    tell: async (event) => {
      outbox.events.push(event);
    },
    enqueue: async (job) => {
      outbox.jobs.push(job);
    },
  };
  return store;
}

function consentsIn(kept: Kept) {
  const edit = async (id: string, change: (row: ConsentRow) => Partial<ConsentRow>) => {
    const row = kept.consents.get(id);
    if (row !== undefined) kept.consents.set(id, { ...row, ...change(row) });
  };
  const find = async (id: string) => kept.consents.get(id);
  return {
    find,
    lock: find,
    insert: async ({ handleHash, ...consent }) => {
      const handle = Buffer.from(handleHash).toString('hex');
      if (kept.handles.has(handle)) throw new Error('This handle is taken');
      kept.handles.set(handle, consent.id);
      const unanswered = { personId: null, holder: null, subjects: null, decidedAt: null, recordedAt: null };
      kept.consents.set(consent.id, { ...consent, ...unanswered, state: 'requested', revision: 0 });
    },
    findByHandle: async (handleHash) => kept.handles.get(Buffer.from(handleHash).toString('hex')),
    bind: (id, personId) => edit(id, (row) => ({ personId: row.personId ?? personId })),
    keepSubjects: (id, subjects) => edit(id, (row) => ({ subjects: row.subjects ?? subjects })),
    write: (id, change) => edit(id, () => change),
    keepHolder: (id, holder) => edit(id, () => ({ holder })),
    markRecorded: (id, at) => edit(id, (row) => ({ recordedAt: row.recordedAt ?? at })),
    ofPerson: async ({ personId, after, limit }) =>
      [...kept.consents.values()]
        .filter((row) => row.personId === personId && (after === undefined || row.id < after))
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit),
  } satisfies Partial<ConsentStore>;
}

function revisionsIn(kept: Kept) {
  const revisions = async (id: string) => kept.revisions.get(id) ?? [];
  const findChain = async (id: string) => {
    const row = kept.consents.get(id);
    if (row === undefined) return undefined;
    return { row, revisions: await revisions(id), tombstoned: kept.tombstones.has(id) };
  };
  return {
    revisions,
    findChain,
    findChains: async (ids) => (await Promise.all(ids.map(findChain))).filter((chain) => chain !== undefined),
    addRevision: async (id, revision) => {
      kept.revisions.set(id, [...(kept.revisions.get(id) ?? []), revision]);
    },
    entomb: async (id) => {
      kept.tombstones.add(id);
    },
    isTombstoned: async (id) => kept.tombstones.has(id),
    spend: async ({ clientId, jti }) => {
      const before = kept.withdrawals.size;
      return kept.withdrawals.add(`${clientId} ${jti}`).size > before;
    },
  } satisfies Partial<ConsentStore>;
}

function deliveriesIn(kept: Kept) {
  return {
    addDelivery: async (delivery) => {
      kept.deliveries.set(delivery.id, { ...delivery, attempts: 0, acknowledgedAt: null });
    },
    findDelivery: async (id) => kept.deliveries.get(id),
    countAttempt: async (id, acknowledgedAt) => {
      const row = kept.deliveries.get(id);
      if (row === undefined) return;
      const heardAt = row.acknowledgedAt ?? acknowledgedAt;
      kept.deliveries.set(id, { ...row, attempts: row.attempts + 1, acknowledgedAt: heardAt });
    },
    deliveriesOf: async (consentId) =>
      [...kept.deliveries.values()].filter((row) => row.consentId === consentId),
  } satisfies Partial<ConsentStore>;
}
