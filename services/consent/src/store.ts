import { type Database, type Json, transaction } from '@praya/kernel/database';
import type { Id } from '@praya/kernel/id';
import { emit, enqueue, type JobRequest } from '@praya/kernel/outbox';
import type { AuthorizationDetail, ConsentEvent, ConsentId, ConsentState } from './contract.ts';

export type ConsentRow = {
  readonly id: ConsentId;
  readonly clientId: string;
  readonly organisationId: Id<'org'>;
  readonly detail: AuthorizationDetail;
  readonly state: ConsentState;
  readonly personId: string | null;
  /** our signature over whose it is, once she has agreed */
  readonly holder: string | null;
  readonly subjects: Readonly<Record<string, string>> | null;
  readonly revision: number;
  readonly requestedAt: Date;
  readonly decidedAt: Date | null;
  readonly recordedAt: Date | null;
  readonly expiresAt: Date;
};

export type NewConsent = Pick<
  ConsentRow,
  'id' | 'clientId' | 'organisationId' | 'detail' | 'requestedAt' | 'expiresAt'
> & { readonly handleHash: Uint8Array };

export type RevisionRow = {
  readonly revision: number;
  readonly document: unknown;
  readonly digest: string;
  readonly jws: string;
};

/** A consent with everything that its signed chain is checked from. */
export type StoredChain = {
  readonly row: ConsentRow;
  readonly revisions: readonly RevisionRow[];
  readonly tombstoned: boolean;
};

export type DeliveryRow = {
  readonly id: string;
  readonly consentId: ConsentId;
  readonly organisationId: Id<'org'>;
  readonly audience: string;
  readonly channel: 'client' | 'connector';
  readonly event: ConsentEvent;
  readonly at: Date;
  readonly attempts: number;
  readonly acknowledgedAt: Date | null;
};

/** What the consent room keeps. The one for tests is in memory-store.ts and behaves the same. */
export type ConsentStore = {
  transaction<T>(run: (store: ConsentStore) => Promise<T>): Promise<T>;
  insert(consent: NewConsent): Promise<void>;
  find(id: string): Promise<ConsentRow | undefined>;
  /** The row and its chain as they were at one instant. */
  findChain(id: string): Promise<StoredChain | undefined>;
  /** The same for several, in the order of the ids. */
  findChains(ids: readonly string[]): Promise<readonly StoredChain[]>;
  /** The row, which nobody else changes until the transaction ends. */
  lock(id: string): Promise<ConsentRow | undefined>;
  findByHandle(handleHash: Uint8Array): Promise<ConsentId | undefined>;
  /** Binds the consent to the person if it is nobody's yet. */
  bind(id: string, personId: string): Promise<void>;
  /** Keeps the sealed subjects if there are none yet. */
  keepSubjects(id: string, subjects: Readonly<Record<string, string>>): Promise<void>;
  write(id: string, change: { state: ConsentState; revision: number; decidedAt: Date | null }): Promise<void>;
  keepHolder(id: string, holder: string): Promise<void>;
  markRecorded(id: string, at: Date): Promise<void>;
  addRevision(id: string, revision: RevisionRow): Promise<void>;
  revisions(id: string): Promise<readonly RevisionRow[]>;
  entomb(id: string, tombstone: { by: string; at: Date }): Promise<void>;
  isTombstoned(id: string): Promise<boolean>;
  ofPerson(page: {
    personId: string;
    after?: string | undefined;
    limit: number;
  }): Promise<readonly ConsentRow[]>;
  /** True the first time that this client's statement is seen. */
  spend(withdrawal: { clientId: string; jti: string; at: Date }): Promise<boolean>;
  addDelivery(delivery: Omit<DeliveryRow, 'attempts' | 'acknowledgedAt'>): Promise<void>;
  findDelivery(id: string): Promise<DeliveryRow | undefined>;
  countAttempt(id: string, acknowledgedAt: Date | null): Promise<void>;
  deliveriesOf(consentId: string): Promise<readonly DeliveryRow[]>;
  tell(event: { name: string; at: Date; consentId: ConsentId; clientId: string }): Promise<void>;
  enqueue(request: JobRequest): Promise<void>;
};

/** The store on the room's database. */
export function consentStore(db: Database): ConsentStore {
  return {
    ...consentTable(db),
    ...revisionTables(db),
    ...deliveryTable(db),
    transaction: (run) => transaction(db, (tx) => run(consentStore(tx))),
    tell: ({ name, at, consentId, clientId }) =>
      emit(db, { name, at: at.toISOString(), consentId, clientId }),
    enqueue: (request) => enqueue(db, request),
  };
}

function consentColumns(db: Database) {
  return db`id, client_id as "clientId", organisation_id as "organisationId", detail, state,
    person_id as "personId", holder, subjects, revision, requested_at as "requestedAt", decided_at as "decidedAt",
    recorded_at as "recordedAt", expires_at as "expiresAt"`;
}

function consentTable(db: Database) {
  const columns = consentColumns(db);
  const one = async (rows: Promise<ConsentRow[]>) => (await rows)[0];
  return {
    insert: async (consent: NewConsent) => {
      await db`
        insert into consents (id, handle_hash, client_id, organisation_id, detail, state, requested_at, expires_at)
        values (${consent.id}, ${consent.handleHash}, ${consent.clientId}, ${consent.organisationId},
          ${db.json(consent.detail as Json)}, 'requested', ${consent.requestedAt}, ${consent.expiresAt})`;
    },
    find: (id: string) => one(db<ConsentRow[]>`select ${columns} from consents where id = ${id}`),
    lock: (id: string) => one(db<ConsentRow[]>`select ${columns} from consents where id = ${id} for update`),
    findByHandle: async (handleHash: Uint8Array) => {
      const [row] = await db<{ id: ConsentId }[]>`
        select id from consents where handle_hash = ${handleHash}`;
      return row?.id;
    },
    bind: async (id: string, personId: string) => {
      await db`update consents set person_id = ${personId} where id = ${id} and person_id is null`;
    },
    keepSubjects: async (id: string, subjects: Readonly<Record<string, string>>) => {
      await db`update consents set subjects = ${db.json(subjects)} where id = ${id} and subjects is null`;
    },
    write: async (id: string, change: { state: ConsentState; revision: number; decidedAt: Date | null }) => {
      await db`
        update consents set state = ${change.state}, revision = ${change.revision}, decided_at = ${change.decidedAt}
        where id = ${id}`;
    },
    keepHolder: async (id: string, holder: string) => {
      await db`update consents set holder = ${holder} where id = ${id}`;
    },
    markRecorded: async (id: string, at: Date) => {
      await db`update consents set recorded_at = coalesce(recorded_at, ${at}) where id = ${id}`;
    },
    ofPerson: ({
      personId,
      after,
      limit,
    }: {
      personId: string;
      after?: string | undefined;
      limit: number;
    }) => db<ConsentRow[]>`
      select ${columns} from consents
      where person_id = ${personId} and (${after ?? null}::text is null or id < ${after ?? null})
      order by id desc limit ${limit}`,
  };
}

function revisionTables(db: Database) {
  const findChains = async (ids: readonly string[]) => {
    const rows = await db<(ConsentRow & Omit<StoredChain, 'row'>)[]>`
      select ${consentColumns(db)},
        (select coalesce(jsonb_agg(jsonb_build_object('revision', r.revision, 'document', r.document,
          'digest', r.digest, 'jws', r.jws) order by r.revision), '[]')
          from revisions r where r.consent_id = consents.id) as revisions,
        exists (select 1 from tombstones t where t.consent_id = consents.id) as tombstoned
      from consents where id = any(${[...ids]}) order by array_position(${[...ids]}, id)`;
    return rows.map(({ revisions, tombstoned, ...row }) => ({ row, revisions, tombstoned }));
  };
  return {
    findChains,
    findChain: async (id: string) => (await findChains([id]))[0],
    addRevision: async (id: string, revision: RevisionRow) => {
      await db`
        insert into revisions (consent_id, revision, document, digest, jws)
        values (${id}, ${revision.revision}, ${db.json(revision.document as Json)}, ${revision.digest},
          ${revision.jws})`;
    },
    revisions: (id: string) => db<RevisionRow[]>`
      select revision, document, digest, jws from revisions where consent_id = ${id} order by revision`,
    entomb: async (id: string, { by, at }: { by: string; at: Date }) => {
      await db`
        insert into tombstones (consent_id, by, at) values (${id}, ${by}, ${at}) on conflict do nothing`;
    },
    isTombstoned: async (id: string) => {
      const rows = await db`select 1 from tombstones where consent_id = ${id}`;
      return rows.length > 0;
    },
    spend: async (withdrawal: { clientId: string; jti: string; at: Date }) => {
      const rows = await db`
        insert into withdrawals (client_id, jti, at)
        values (${withdrawal.clientId}, ${withdrawal.jti}, ${withdrawal.at})
        on conflict do nothing returning jti`;
      return rows.length > 0;
    },
  };
}

function deliveryTable(db: Database) {
  const columns = db`id, consent_id as "consentId", organisation_id as "organisationId", audience, channel, event,
    at, attempts, acknowledged_at as "acknowledgedAt"`;
  return {
    addDelivery: async (delivery: Omit<DeliveryRow, 'attempts' | 'acknowledgedAt'>) => {
      await db`
        insert into deliveries (id, consent_id, organisation_id, audience, channel, event, at)
        values (${delivery.id}, ${delivery.consentId}, ${delivery.organisationId}, ${delivery.audience},
          ${delivery.channel}, ${delivery.event}, ${delivery.at})`;
    },
    findDelivery: async (id: string) => {
      const [row] = await db<DeliveryRow[]>`select ${columns} from deliveries where id = ${id}`;
      return row;
    },
    countAttempt: async (id: string, acknowledgedAt: Date | null) => {
      await db`
        update deliveries
        set attempts = attempts + 1, acknowledged_at = coalesce(acknowledged_at, ${acknowledgedAt}::timestamptz)
        where id = ${id}`;
    },
    deliveriesOf: (consentId: string) => db<DeliveryRow[]>`
      select ${columns} from deliveries where consent_id = ${consentId} order by id`,
  };
}
