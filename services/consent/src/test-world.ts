import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Organisation, OrganisationKey, PurposeTemplate } from '@praya/directory/contract';
import { sha256 } from '@praya/kernel/canonical';
import { type Id, newId } from '@praya/kernel/id';
import { type JwsSigner, signJws } from '@praya/kernel/jws';
import { ok, refuse } from '@praya/kernel/result';
import { type FixedClock, fixedClock } from '@praya/kernel/testing';
import type { AuthorizationDetail, ConsentSurroundings, ServiceDescription } from './contract.ts';
import type { Room } from './service/room.ts';

export const ISSUER = 'https://praya.test';
export const DAY_MS = 86_400_000;

const text = (en: string) => ({ en, 'zh-Hant': `${en}（繁）`, 'zh-Hans': `${en}（简）` });

/** A small city for the tests of this room: one bank, two departments, one purpose, one resident and a stranger. */
export type World = {
  readonly clock: FixedClock;
  readonly bank: Organisation;
  readonly persons: Organisation;
  readonly rates: Organisation;
  readonly template: PurposeTemplate;
  readonly alice: Id<'per'>;
  readonly bob: Id<'per'>;
  readonly directory: Room['directory'] & { organisations: Organisation[]; purposes: PurposeTemplate[] };
  readonly surroundings: ConsentSurroundings;
  /** consent acts on the ledger, and a switch that makes the ledger fail */
  readonly ledger: { acts: { consentId: string; consentDigest: string }[]; down: boolean };
  readonly register: { down: boolean; calls: number };
  detail(change?: Partial<AuthorizationDetail>): AuthorizationDetail;
  withdrawal(change?: object, signer?: JwsSigner): Promise<string>;
};

type Pair = { readonly key: OrganisationKey; readonly privateKey: KeyObject };

/** An organisation's key pair, valid for the year of the tests. */
export function keyPair(kid: string, use: 'sig' | 'enc'): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'EC', crv: 'P-256', x, y, kid } as const;
  const validity = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', revokedAt: null };
  return { privateKey, key: { kid, use, jwk, ...validity } };
}

function organisation(slug: string, kind: Organisation['kind'], change: Partial<Organisation>): Organisation {
  const id = newId('org');
  return {
    id,
    slug,
    kind,
    name: text(slug),
    clients: [],
    connector: null,
    keys: [],
    suspendedAt: null,
    ...change,
  };
}

function servicesOf(persons: Organisation, rates: Organisation): ServiceDescription[] {
  const field = (name: string) => ({ name, title: text(name) });
  return [
    {
      id: 'persons.identity',
      provider: persons.id,
      title: text('Identity'),
      fields: ['nameEn', 'dateOfBirth', 'sex', 'occupation'].map(field),
    },
    {
      id: 'rates.address',
      provider: rates.id,
      title: text('Address'),
      fields: ['address', 'since'].map(field),
    },
  ];
}

/** A fresh city at noon of 1 June 2026. */
export function createWorld(): World {
  const clock = fixedClock('2026-06-01T04:00:00.000Z');
  const signing = keyPair('bank-sig', 'sig');
  const sealing = keyPair('bank-enc', 'enc');
  const connector = (url: string) => ({ connector: { url, registrar: false } });
  const persons = organisation('persons', 'department', connector('http://persons.test'));
  const rates = organisation('rates', 'department', connector('http://rates.test'));
  const bank = organisation('bank', 'bank', {
    keys: [signing.key, sealing.key],
    clients: [
      {
        clientId: 'harbour-bank',
        redirectUris: ['https://bank.test/callback'],
        purposes: ['account-opening'],
        eventsUri: 'https://bank.test/events',
      },
    ],
  });
  const template: PurposeTemplate = {
    code: 'account-opening',
    text: text('Open an account'),
    fields: { 'persons.identity': ['nameEn', 'dateOfBirth', 'sex'], 'rates.address': ['address', 'since'] },
    maxPerDay: 5,
    maxLifeDays: 90,
    maxRetentionDays: 180,
  };
  const ledger: World['ledger'] = { acts: [], down: false };
  const register = { down: false, calls: 0 };
  const catalogue = servicesOf(persons, rates);
  return {
    clock,
    bank,
    persons,
    rates,
    template,
    ledger,
    register,
    alice: newId('per'),
    bob: newId('per'),
    directory: directoryOf([bank, persons, rates], [template]),
    surroundings: surroundingsOf({ catalogue, ledger, register }),
    detail: (change = {}) => ({
      type: 'praya_consented_data',
      locations: [`${ISSUER}/exchange/v1`],
      services: [
        { id: 'persons.identity', required: ['nameEn', 'dateOfBirth'], optional: ['sex'] },
        { id: 'rates.address', required: ['address'], optional: [] },
      ],
      purpose: 'account-opening',
      frequency: { max: 3, per: 'day' },
      expires_at: new Date(clock().getTime() + 30 * DAY_MS).toISOString(),
      retention: 'P180D',
      encryption_key: sealing.key.jwk,
      ...change,
    }),
    withdrawal: (change = {}, signer) =>
      signJws(signer ?? { kid: 'bank-sig', algorithm: 'ES256', privateKey: signing.privateKey }, {
        typ: 'praya-withdrawal+jws',
        payload: {
          iss: 'harbour-bank',
          aud: ISSUER,
          iat: Math.floor(clock().getTime() / 1000),
          jti: crypto.randomUUID(),
          ...change,
        },
      }),
  };
}

function directoryOf(organisations: Organisation[], purposes: PurposeTemplate[]): World['directory'] {
  return {
    organisations,
    purposes,
    organisation: async (id) => {
      const found = organisations.find((one) => one.id === id);
      return found === undefined ? refuse('directory.organisation-unknown') : ok(found);
    },
    organisationOfClient: async (id) => {
      const found = organisations.find((one) => one.clients.some(({ clientId }) => clientId === id));
      return found === undefined ? refuse('directory.client-unknown') : ok(found);
    },
    purpose: async (code) => {
      const found = purposes.find((one) => one.code === code);
      return found === undefined ? refuse('directory.purpose-unknown') : ok(found);
    },
  };
}

function surroundingsOf(about: {
  catalogue: ServiceDescription[];
  ledger: World['ledger'];
  register: World['register'];
}): ConsentSurroundings {
  const { catalogue, ledger, register } = about;
  return {
    services: async (ids) => catalogue.filter(({ id }) => ids.includes(id)),
    sealSubjects: async ({ consentId, providers }) => {
      register.calls += 1;
      if (register.down) return refuse('identity.registrar-unreachable');
      return ok(
        Object.fromEntries(providers.map((provider) => [provider, `sealed.${provider}.${consentId}`])),
      );
    },
    verifyAssertion: async ({ challenge, response }) => {
      const expected = Buffer.from(challenge).toString('base64url');
      if (response !== expected) return refuse('identity.passkey-wrong');
      const members = { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' };
      return ok({ credentialId: 'Y3JlZA', publicKey: { kty: 'EC', crv: 'P-256' }, ...members });
    },
    record: async ({ consentId, consentDigest }) => {
      if (ledger.down) throw new Error('The ledger is busy');
      ledger.acts.push({ consentId, consentDigest });
    },
  };
}

/** What her passkey answers to a challenge in these tests. */
export function signed(document: string): string {
  return sha256(document).toString('base64url');
}
