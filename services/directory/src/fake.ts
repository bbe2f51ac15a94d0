import { generateKeyPairSync } from 'node:crypto';
import { digest } from '@praya/kernel/canonical';
import type { Clock } from '@praya/kernel/clock';
import { newId } from '@praya/kernel/id';
import { type JwsSigner, signJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { calculateJwkThumbprint } from 'jose';
import type {
  Change,
  ChangesPage,
  CitySeed,
  Directory,
  DirectoryRefusal,
  IssuerKey,
  OrganisationKey,
  TrustList,
} from './contract.ts';
import { applied, withOrganisation, withoutOffice } from './rules/apply.ts';
import { changeFault } from './rules/change.ts';
import { decided, withdrawn } from './rules/decision.ts';
import { guardingFault, proposingFault, readableBy } from './rules/office.ts';
import { type Proposal, prepare } from './rules/proposal.ts';
import { seedPlan } from './rules/seed.ts';
import {
  type DirectoryState,
  EMPTY_STATE,
  officesIn,
  organisationIn,
  organisationOfClientIn,
  registrarIn,
  searchIn,
} from './rules/state.ts';
import { trustContent, trustListOf } from './rules/trust-list.ts';

type Anchor = JwsSigner & { readonly jwk: { kty: string; crv: string; x: string; kid: string } };
type Memory = {
  state: DirectoryState;
  changes: Change[];
  sequence: number;
  digest: string;
  readonly now: Clock;
  readonly anchor: Promise<Anchor>;
  readonly about: FakeDirectoryOptions;
};

/** What a double begins with. */
export type FakeDirectoryOptions = {
  readonly city?: CitySeed;
  readonly now?: Clock;
  readonly issuerKeys?: () => Promise<readonly IssuerKey[]>;
  readonly logs?: TrustList['logs'];
  readonly witnessPolicy?: string;
};

/** The whole directory in memory, under the same rules and with a trust anchor of its own. */
export function createFakeDirectory(about: FakeDirectoryOptions = {}): Directory {
  const now = about.now ?? (() => new Date());
  const memory: Memory = {
    state:
      about.city === undefined ? EMPTY_STATE : seedPlan(about.city, { now: now(), production: false }).state,
    changes: [],
    sequence: 0,
    digest: '',
    now,
    anchor: makeAnchor(),
    about,
  };
  return { ...readers(memory), ...writers(memory), ...trust(memory) };
}

function readers(memory: Memory) {
  return {
    organisation: async (id) => known(organisationIn(memory.state, id), 'directory.organisation-unknown'),
    organisationOfClient: async (clientId) => {
      const found = known(organisationOfClientIn(memory.state, clientId), 'directory.client-unknown');
      if (!found.ok || found.value.suspendedAt === null) return found;
      return refuse('directory.organisation-suspended');
    },
    organisations: async (page) => searchIn(memory.state, page),
    registrar: async () => known(registrarIn(memory.state), 'directory.organisation-unknown'),
    purpose: async (code) => {
      const found = memory.state.purposes.find((one) => one.code === code);
      return known(found, 'directory.purpose-unknown');
    },
    purposes: async () => memory.state.purposes,
    officesOf: async (personId) =>
      officesIn(memory.state, personId).map(({ organisationId, roles }) => ({ organisationId, roles })),
    changes: async (page) => changesIn(memory, page),
  } satisfies Partial<Directory>;
}

function writers(memory: Memory) {
  return {
    propose: async (proposal) => proposeIn(memory, proposal),
    decide: async (decision) => {
      const change = memory.changes.find((one) => one.id === decision.id);
      if (change === undefined) return refuse('directory.change-unknown');
      const now = memory.now();
      const at = { now, production: false, newOrganisationId: newId('org', now) };
      const result = decided(memory.state, { change, decision }, at);
      if (!result.ok) return result;
      if (result.value.effect !== null) memory.state = applied(memory.state, result.value.effect);
      return ok(replace(memory, result.value.change));
    },
    withdraw: async ({ id, by }) => {
      const change = memory.changes.find((one) => one.id === id);
      if (change === undefined) return refuse('directory.change-unknown');
      const result = withdrawn(change, { by, now: memory.now() });
      return result.ok ? ok(replace(memory, result.value)) : result;
    },
    revokeKey: async ({ organisationId, kid, by }) => {
      const mayNot = guardingFault(memory.state, by, { organisationId, own: true });
      if (mayNot !== undefined) return refuse(mayNot);
      return revokeIn(memory, organisationId, kid);
    },
    suspend: async ({ organisationId, by }) => {
      const mayNot = guardingFault(memory.state, by, { organisationId, own: false });
      if (mayNot !== undefined) return refuse(mayNot);
      const at = memory.now().toISOString();
      memory.state = withOrganisation(memory.state, organisationId, (one) => {
        return { ...one, suspendedAt: one.suspendedAt ?? at };
      });
      return known(organisationIn(memory.state, organisationId), 'directory.organisation-unknown');
    },
    dismissOfficer: async ({ organisationId, personId, by }) => {
      const mayNot = guardingFault(memory.state, by, { organisationId, own: true });
      if (mayNot !== undefined) return refuse(mayNot);
      const officers = withoutOffice(memory.state, organisationId, personId);
      if (officers.length === memory.state.officers.length) return refuse('directory.officer-unknown');
      memory.state = { ...memory.state, officers };
      return ok(null);
    },
  } satisfies Partial<Directory>;
}

function trust(memory: Memory) {
  return {
    trustList: async () => {
      const issuerKeys = (await memory.about.issuerKeys?.()) ?? [];
      const { logs = [{ origin: 'log.test/log', vkey: 'log.test/log+00000000+AQ==' }] } = memory.about;
      const { witnessPolicy = '' } = memory.about;
      const rp = { id: 'praya.test', origins: ['https://praya.test'] };
      const issuer = 'https://praya.test';
      const content = trustContent(memory.state, { issuer, rp, logs, witnessPolicy, issuerKeys });
      if (digest(content) !== memory.digest) memory.sequence += 1;
      memory.digest = digest(content);
      const payload = trustListOf(content, { sequence: memory.sequence, now: memory.now() });
      return signJws(await memory.anchor, { typ: 'praya-trust-list+jws', payload });
    },
    trustAnchor: async () => {
      const { kid, jwk } = await memory.anchor;
      return { kid, jwk, fingerprint: await calculateJwkThumbprint(jwk) };
    },
  } satisfies Partial<Directory>;
}

function proposeIn(memory: Memory, proposal: Proposal): Result<Change, DirectoryRefusal> {
  const now = memory.now();
  const prepared = prepare(proposal, now);
  if (!prepared.ok) return prepared;
  const mayNot = proposingFault(memory.state, proposal.madeBy, proposal);
  if (mayNot !== undefined) return refuse(mayNot);
  const refusal = changeFault(memory.state, prepared.value.parsed, { production: false, madeAt: now, now });
  if (refusal !== undefined) return { ok: false, refusal };
  memory.changes.push(prepared.value.change);
  return ok(prepared.value.change);
}

function revokeIn(
  memory: Memory,
  organisationId: string,
  kid: string,
): Result<OrganisationKey, DirectoryRefusal> {
  const at = memory.now().toISOString();
  memory.state = withOrganisation(memory.state, organisationId, (one) => {
    const keys = one.keys.map((key) => (key.kid === kid ? { ...key, revokedAt: key.revokedAt ?? at } : key));
    return { ...one, keys };
  });
  const key = organisationIn(memory.state, organisationId)?.keys.find((one) => one.kid === kid);
  return known(key, 'directory.key-unknown');
}

function changesIn(memory: Memory, page: ChangesPage): Change[] {
  const visible = page.seenBy === undefined ? null : readableBy(memory.state, page.seenBy);
  return memory.changes
    .filter((one) => page.state === undefined || one.state === page.state)
    .filter((one) => page.after === undefined || one.id < page.after)
    .filter((one) => visible === null || visible.includes(one.organisationId ?? ''))
    .sort((one, other) => (one.id < other.id ? 1 : -1))
    .slice(0, page.limit);
}

function replace(memory: Memory, change: Change): Change {
  memory.changes = memory.changes.map((one) => (one.id === change.id ? change : one));
  return change;
}

async function makeAnchor(): Promise<Anchor> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  return { kid, algorithm: 'EdDSA', privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid } };
}

function known<T>(value: T | undefined, otherwise: DirectoryRefusal): Result<T, DirectoryRefusal> {
  return value === undefined ? refuse(otherwise) : ok(value);
}
