import type { ActView, DataService } from './contract.ts';
import { wordsOf } from './rules.ts';
import type { ActRow, ExchangeStore, NewAct } from './store.ts';

type Kept = {
  acts: Map<string, ActRow>;
  spent: Map<string, Date>;
  counters: Map<string, number>;
  declared: Map<string, Date>;
  services: Map<string, DataService>;
};

/** The store of the double: the same answers from memory. One transaction runs at a time. */
export function memoryStore(): ExchangeStore {
  const kept: Kept = {
    acts: new Map(),
    spent: new Map(),
    counters: new Map(),
    declared: new Map(),
    services: new Map(),
  };
  let last: Promise<unknown> = Promise.resolve();
  const store: ExchangeStore = {
    ...usesIn(kept),
    ...actsIn(kept),
    ...catalogueIn(kept),
    transaction: (run) => {
      const mine = last.then(() => run(store));
      last = mine.catch(() => {});
      return mine;
    },
  };
  return store;
}

function usesIn(kept: Kept) {
  const nameOf = (use: { consentId: string; service: string; term: string }) =>
    `${use.consentId} ${use.service} ${use.term}`;
  return {
    spend: async ({ clientId, jti, expiresAt }) => {
      const before = kept.spent.size;
      const name = `${clientId} ${jti}`;
      if (!kept.spent.has(name)) kept.spent.set(name, expiresAt);
      return kept.spent.size > before;
    },
    count: async ({ max, ...use }) => {
      const count = (kept.counters.get(nameOf(use)) ?? 0) + 1;
      if (count > max) return undefined;
      kept.counters.set(nameOf(use), count);
      return count;
    },
    uncount: async (use) => {
      kept.counters.set(nameOf(use), Math.max(0, (kept.counters.get(nameOf(use)) ?? 0) - 1));
    },
    forgetSpent: async (before) => {
      for (const [name, expiresAt] of kept.spent) if (expiresAt < before) kept.spent.delete(name);
    },
  } satisfies Partial<ExchangeStore>;
}

const EMPTY = {
  responseDigest: null,
  responseJws: null,
  consent: null,
  states: [],
  trust: null,
  proof: null,
};

function actsIn(kept: Kept) {
  const put = (act: NewAct, outcome: ActView['outcome'], code: string | null = null) =>
    kept.acts.set(act.id, { ...act, ...EMPTY, outcome, code });
  const end = (id: string, change: Partial<ActRow>) => {
    const act = kept.acts.get(id);
    if (act?.outcome !== 'pending') return false;
    kept.acts.set(id, { ...act, ...change });
    return true;
  };
  const agreement = (about: { consentId: string | null; consentDigest: string | null }) =>
    [...kept.acts.values()].find(
      ({ kind, consentId, consentDigest }) =>
        kind === 'consent' && consentId === about.consentId && consentDigest === about.consentDigest,
    );
  return {
    begin: async (act) => {
      put(act, 'pending');
    },
    beginAgreement: async (act) => {
      if (agreement(act) === undefined) put(act, 'pending');
    },
    refuse: async (act, code) => {
      put(act, 'refused', code);
    },
    fail: async (id, { code }) => end(id, { outcome: 'failed', code }),
    settle: async (id, { at: _at, ...settlement }) => end(id, { outcome: 'done', ...settlement }),
    find: async (id) => kept.acts.get(id),
    findAgreement: async (about) => agreement(about),
    actsOf: async ({ personId, consentId, after, limit }) =>
      [...kept.acts.values()]
        .filter((act) => act.personId === personId && (after === undefined || act.id < after))
        .filter((act) => consentId === undefined || act.consentId === consentId)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit)
        .map(viewOf),
    abandon: async ({ before, code }) => {
      for (const { id, kind, at } of kept.acts.values()) {
        if (kind !== 'consent' && at < before) end(id, { outcome: 'failed', code });
      }
    },
  } satisfies Partial<ExchangeStore>;
}

function viewOf({ id, kind, consentId, service, outcome, code, at }: ActRow): ActView {
  return { id, kind, consentId, service, outcome, code, at: at.toISOString() };
}

function catalogueIn(kept: Kept) {
  const sorted = () => [...kept.services.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    declare: async ({ provider, declaredAt, services }) => {
      const newest = kept.declared.get(provider);
      if (newest !== undefined && newest > declaredAt) return false;
      const taken = services.some(({ id }) => (kept.services.get(id)?.provider ?? provider) !== provider);
      if (taken) return false;
      kept.declared.set(provider, declaredAt);
      for (const [id, before] of kept.services) if (before.provider === provider) kept.services.delete(id);
      for (const service of services) kept.services.set(service.id, service);
      return true;
    },
    services: async ({ search, provider, after, limit }) =>
      sorted()
        .filter((service) => provider === undefined || service.provider === provider)
        .filter((service) => after === undefined || service.id > after)
        .filter((service) => search === undefined || wordsOf(service).includes(search.toLowerCase()))
        .slice(0, limit),
    servicesById: async (ids) => sorted().filter(({ id }) => ids.includes(id)),
  } satisfies Partial<ExchangeStore>;
}
