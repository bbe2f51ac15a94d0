import { generateKeyPairSync } from 'node:crypto';
import type { Id } from '@praya/kernel/id';
import { type PublicEcKey, thumbprint } from '@praya/kernel/jwk';
import type { LocalisedText } from '@praya/kernel/language';
import type {
  OrganisationId,
  OrganisationKey,
  PersonId,
  PurposeTemplate,
  SeededOrganisation,
} from './contract.ts';

/** The instant at which the tests of the directory happen. */
export const NOW = '2026-09-01T00:00:00.000Z';

const numbered = <P extends string>(prefix: P, n: number) =>
  `${prefix}_0198c0de-7e57-7000-8000-${String(n).padStart(12, '0')}` as Id<P>;

/** The officers of the tests: two makers and two checkers of the operator, and the bank's own. */
export const officers = {
  maker: numbered('per', 1),
  checker: numbered('per', 2),
  otherChecker: numbered('per', 3),
  both: numbered('per', 4),
  administrator: numbered('per', 5),
  bankMaker: numbered('per', 6),
  bankChecker: numbered('per', 7),
  registrar: numbered('per', 8),
  nobody: numbered('per', 9),
} as const satisfies Record<string, PersonId>;

/** The organisations of the tests. */
export const ids = {
  operator: numbered('org', 1),
  bank: numbered('org', 2),
  persons: numbered('org', 3),
  unknown: numbered('org', 99),
} as const satisfies Record<string, OrganisationId>;

export const purposes: readonly PurposeTemplate[] = ['account-opening', 'loan-application'].map((code) => ({
  code,
  text: said(code),
  fields: { 'persons.identity': ['nameEn', 'dateOfBirth'] },
  maxPerDay: 4,
  maxLifeDays: 365,
  maxRetentionDays: 180,
}));

/** A text that is the same in each language. */
export function said(text: string): LocalisedText {
  return { en: text, 'zh-Hant': text, 'zh-Hans': text };
}

/** A new key of an organisation, for a year from the tests' now. */
export function newKey(over: Partial<OrganisationKey> = {}): Omit<OrganisationKey, 'revokedAt'> {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  });
  const kid = over.kid ?? thumbprint({ crv: 'P-256', x, y });
  const jwk: PublicEcKey = { kty: 'EC', crv: 'P-256', x, y, kid };
  const validUntil = '2027-09-01T00:00:00.000Z';
  return { kid, use: 'sig', jwk, validFrom: NOW, validUntil, ...over };
}

/** The key that the bank has from the beginning. */
export const bankKey = newKey({ kid: 'bank-1' });

export const organisations: readonly SeededOrganisation[] = [
  {
    id: ids.operator,
    slug: 'platform',
    kind: 'operator',
    name: said('Praya Digital Office'),
    officers: [
      { personId: officers.maker, roles: ['directory.maker'] },
      { personId: officers.checker, roles: ['directory.checker'] },
      { personId: officers.otherChecker, roles: ['directory.checker'] },
      { personId: officers.both, roles: ['directory.maker', 'directory.checker'] },
      { personId: officers.administrator, roles: ['administrator'] },
    ],
  },
  {
    id: ids.bank,
    slug: 'lantern-bay-bank',
    kind: 'bank',
    name: { en: 'Lantern Bay Bank', 'zh-Hant': '燈灣銀行', 'zh-Hans': '灯湾银行' },
    keys: [bankKey],
    permits: ['account-opening'],
    clients: [
      {
        clientId: 'lantern-bay',
        redirectUris: ['http://localhost:8090/callback'],
        purposes: ['account-opening', 'loan-application'],
        eventsUri: null,
      },
    ],
    officers: [
      { personId: officers.bankMaker, roles: ['directory.maker'] },
      { personId: officers.bankChecker, roles: ['directory.checker'] },
    ],
  },
  {
    id: ids.persons,
    slug: 'persons-register',
    kind: 'department',
    name: said('Office of the Persons Register'),
    connector: { url: 'http://localhost:8081', registrar: true },
    officers: [{ personId: officers.registrar, roles: ['counter.registrar'] }],
  },
];

/** One payload of each kind that the directory of the tests takes. */
export function payloads() {
  return {
    'organisation.register': { slug: 'harbour-bank', kind: 'bank', name: said('Harbour Bank') },
    'client.register': {
      clientId: 'lantern-bay-loans',
      redirectUris: ['https://lantern-bay.example/callback'],
      purposes: ['account-opening'],
      eventsUri: null,
    },
    'connector.register': { url: 'https://connector.lantern-bay.example', registrar: false },
    'key.add': newKey(),
    'officer.appoint': { personId: officers.nobody, roles: ['directory.maker'] },
    'purpose.permit': { purpose: 'loan-application' },
    'organisation.reinstate': {},
  } as const;
}
