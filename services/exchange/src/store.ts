import { textDigest } from '@praya/kernel/canonical';
import { type Database, type Json, transaction } from '@praya/kernel/database';
import type { LogProof } from '@praya/ledger/contract';
import type { ActId, ActView, DataService } from './contract.ts';
import { wordsOf } from './rules.ts';

/** An act as it begins. */
export type NewAct = {
  readonly id: ActId;
  readonly kind: ActView['kind'];
  readonly personId: string;
  readonly clientId: string | null;
  readonly consentId: ActView['consentId'];
  readonly service: string | null;
  readonly at: Date;
  readonly consentDigest: string | null;
  readonly requestDigest: string | null;
  readonly requestJws: string | null;
  readonly salt: Uint8Array | null;
};

/** What an act ends with when it is done: everything that its receipt is made of. */
export type Settlement = {
  readonly at: Date;
  readonly responseDigest: string | null;
  readonly responseJws: string | null;
  readonly consent: string | null;
  readonly states: readonly string[];
  readonly trust: string;
  readonly salt: Uint8Array;
  readonly proof: LogProof;
};

export type ActRow = NewAct & {
  readonly outcome: ActView['outcome'];
  readonly code: string | null;
  readonly responseDigest: string | null;
  readonly responseJws: string | null;
  readonly consent: string | null;
  readonly states: readonly string[];
  readonly trust: string | null;
  readonly proof: LogProof | null;
};

type Use = { consentId: string; service: string; term: string };
type ServicePage = {
  search?: string | undefined;
  provider?: string | undefined;
  after?: string | undefined;
  limit: number;
};
type ActPage = {
  personId: string;
  consentId?: string | undefined;
  after?: string | undefined;
  limit: number;
};

/** What the exchange keeps. The one for tests is in memory-store.ts and behaves the same. */
export type ExchangeStore = {
  transaction<T>(run: (store: ExchangeStore) => Promise<T>): Promise<T>;
  /** True the first time that this client's request is seen. */
  spend(request: { clientId: string; jti: string; expiresAt: Date }): Promise<boolean>;
  /** Counts one use; the new count, or undefined where the maximum is reached. One statement, so no race. */
  count(use: Use & { max: number }): Promise<number | undefined>;
  /** Takes one use back that never left this house. */
  uncount(use: Use): Promise<void>;
  begin(act: NewAct): Promise<void>;
  refuse(act: NewAct, code: string): Promise<void>;
  /** True if the act was still pending. */
  fail(id: string, about: { code: string; at: Date }): Promise<boolean>;
  /** True if the act was still pending. */
  settle(id: string, settlement: Settlement): Promise<boolean>;
  find(id: string): Promise<ActRow | undefined>;
  findAgreement(about: { consentId: string; consentDigest: string }): Promise<ActRow | undefined>;
  beginAgreement(act: NewAct): Promise<void>;
  actsOf(page: ActPage): Promise<readonly ActView[]>;
  /** Fails every exchange and preview that is pending since before the instant. */
  abandon(about: { before: Date; at: Date; code: string }): Promise<void>;
  forgetSpent(before: Date): Promise<void>;
  /** Replaces what the provider declared; false where a newer declaration is there or a service is another's. */
  declare(declaration: {
    provider: string;
    declaredAt: Date;
    jws: string;
    services: readonly DataService[];
  }): Promise<boolean>;
  services(page: ServicePage): Promise<readonly DataService[]>;
  servicesById(ids: readonly string[]): Promise<readonly DataService[]>;
};

/** The store on the room's database. */
export function exchangeStore(db: Database): ExchangeStore {
  return {
    ...useTables(db),
    ...actWrites(db),
    ...actReads(db),
    ...catalogue(db),
    transaction: (run) => transaction(db, (tx) => run(exchangeStore(tx))),
  };
}

function useTables(db: Database) {
  return {
    spend: async ({ clientId, jti, expiresAt }) => {
      const rows = await db`
        insert into spent_requests (client_id, jti, expires_at) values (${clientId}, ${jti}, ${expiresAt})
        on conflict do nothing returning jti`;
      return rows.length > 0;
    },
    count: async ({ consentId, service, term, max }) => {
      const [row] = await db<{ count: number }[]>`
        insert into counters as c (consent_id, service, term, count)
        select ${consentId}, ${service}, ${term}, 1 where ${max}::int > 0
        on conflict (consent_id, service, term) do update set count = c.count + 1 where c.count < ${max}
        returning count`;
      return row?.count;
    },
    uncount: async ({ consentId, service, term }) => {
      await db`
        update counters set count = count - 1
        where consent_id = ${consentId} and service = ${service} and term = ${term} and count > 0`;
    },
    forgetSpent: async (before) => {
      await db`delete from spent_requests where expires_at < ${before}`;
    },
  } satisfies Partial<ExchangeStore>;
}

function actWrites(db: Database) {
  const insert = async (
    act: NewAct,
    end: { outcome: string; code: string | null; settledAt: Date | null },
  ) => {
    await db`
      insert into acts (id, kind, person_id, client_id, consent_id, service, outcome, code, at, settled_at,
        consent_digest, request_digest, request_jws, salt)
      values (${act.id}, ${act.kind}, ${act.personId}, ${act.clientId}, ${act.consentId}, ${act.service},
        ${end.outcome}, ${end.code}, ${act.at}, ${end.settledAt}, ${act.consentDigest}, ${act.requestDigest},
        ${act.requestJws}, ${act.salt})
      on conflict (consent_id, consent_digest) where kind = 'consent' do nothing`;
  };
  const begin = (act: NewAct) => insert(act, { outcome: 'pending', code: null, settledAt: null });
  return {
    begin,
    beginAgreement: begin,
    refuse: (act, code) => insert(act, { outcome: 'refused', code, settledAt: act.at }),
    fail: async (id, { code, at }) => {
      const rows = await db`
        update acts set outcome = 'failed', code = ${code}, settled_at = ${at}
        where id = ${id} and outcome = 'pending' returning id`;
      return rows.length > 0;
    },
    settle: async (id, end) => {
      const texts = [end.consent, end.trust, ...end.states].filter((text) => text !== null);
      const rows = await db`
        with kept as (
          insert into texts (digest, text)
          select distinct * from unnest(${texts.map(textDigest)}::text[], ${texts}::text[])
          order by 1
          on conflict do nothing
        )
        update acts set outcome = 'done', settled_at = ${end.at}, response_digest = ${end.responseDigest},
          response_jws = ${end.responseJws}, salt = ${end.salt}, log_proof = ${db.json(end.proof as Json)},
          consent_text = ${end.consent === null ? null : textDigest(end.consent)},
          state_texts = ${end.states.map(textDigest)}::text[], trust_text = ${textDigest(end.trust)}
        where id = ${id} and outcome = 'pending' returning id`;
      return rows.length > 0;
    },
    abandon: async ({ before, at, code }) => {
      await db`
        update acts set outcome = 'failed', code = ${code}, settled_at = ${at}
        where outcome = 'pending' and kind <> 'consent' and at < ${before}`;
    },
  } satisfies Partial<ExchangeStore>;
}

function actReads(db: Database) {
  const columns = db`id, kind, person_id as "personId", client_id as "clientId", consent_id as "consentId", service,
    outcome, code, at, consent_digest as "consentDigest", request_digest as "requestDigest",
    response_digest as "responseDigest", request_jws as "requestJws", response_jws as "responseJws", salt,
    log_proof as proof, (select text from texts where digest = consent_text) as consent,
    (select text from texts where digest = trust_text) as trust,
    coalesce((select array_agg(t.text order by s.place) from unnest(state_texts) with ordinality as s (digest, place)
      join texts t using (digest)), '{}') as states`;
  return {
    find: async (id) => (await db<ActRow[]>`select ${columns} from acts where id = ${id}`)[0],
    findAgreement: async ({ consentId, consentDigest }) => {
      const [row] = await db<ActRow[]>`
        select ${columns} from acts
        where kind = 'consent' and consent_id = ${consentId} and consent_digest = ${consentDigest}`;
      return row;
    },
    actsOf: async ({ personId, consentId, after, limit }) => {
      const rows = await db<(Omit<ActView, 'at'> & { at: Date })[]>`
        select id, kind, consent_id as "consentId", service, outcome, code, at from acts
        where person_id = ${personId} and (${consentId ?? null}::text is null or consent_id = ${consentId ?? null})
          and (${after ?? null}::text is null or id < ${after ?? null})
        order by id desc limit ${limit}`;
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },
  } satisfies Partial<ExchangeStore>;
}

function catalogue(db: Database) {
  return {
    declare: ({ provider, declaredAt, jws, services }) =>
      transaction(db, async (tx) => {
        const newest = await tx`
          insert into declarations as d (provider, declared_at, jws) values (${provider}, ${declaredAt}, ${jws})
          on conflict (provider) do update set declared_at = excluded.declared_at, jws = excluded.jws
          where d.declared_at <= excluded.declared_at returning provider`;
        if (newest.length === 0) return false;
        const ids = services.map(({ id }) => id);
        const others = await tx`select 1 from services where id = any(${ids}) and provider <> ${provider}`;
        if (others.length > 0) throw new ServiceTaken();
        await tx`delete from services where provider = ${provider}`;
        for (const service of services) {
          await tx`
            insert into services (id, provider, service, words)
            values (${service.id}, ${provider}, ${tx.json(service as Json)}, ${wordsOf(service)})`;
        }
        return true;
      }).catch((error) => {
        if (error instanceof ServiceTaken) return false;
        throw error;
      }),
    services: async ({ search, provider, after, limit }) => {
      const pattern = search === undefined ? null : `%${search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
      const rows = await db<{ service: DataService }[]>`
        select service from services
        where (${pattern}::text is null or words like ${pattern})
          and (${provider ?? null}::text is null or provider = ${provider ?? null})
          and (${after ?? null}::text is null or id > ${after ?? null})
        order by id limit ${limit}`;
      return rows.map(({ service }) => service);
    },
    servicesById: async (ids) => {
      const rows = await db<{ service: DataService }[]>`
        select service from services where id = any(${[...ids]}) order by id`;
      return rows.map(({ service }) => service);
    },
  } satisfies Partial<ExchangeStore>;
}

// Thrown to roll the declaration back.
class ServiceTaken extends Error {
  override name = 'ServiceTaken';
}
