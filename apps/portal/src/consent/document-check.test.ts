import type { ConsentDocument, ConsentView } from '@praya/consent/contract';
import type { TrustList } from '@praya/verifier/trust-list';
import { describe, expect, it } from 'vitest';
import { differences, type OnScreen } from './document-check.ts';

const text = { en: 'A', 'zh-Hant': '甲', 'zh-Hans': '甲' };
const jwk = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), kid: 'bank-enc' } as const;
const window = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', revokedAt: null };

const view = {
  id: 'con_1',
  state: 'requested',
  recipient: { organisation: 'org_bank', client: 'bank', name: text },
  purpose: { code: 'account-opening', text },
  services: [
    {
      id: 'persons.identity',
      title: text,
      provider: { id: 'org_persons', name: text },
      subject: 'sealed',
      fields: [
        { name: 'nameEn', title: text, required: true },
        { name: 'sex', title: text, required: false },
        { name: 'dateOfBirth', title: text, required: true },
      ],
    },
  ],
  frequency: { max: 3, per: 'day' },
  retention: 'P180D',
  requestedAt: '2026-03-01T00:00:00Z',
  decidedAt: null,
  expiresAt: '2026-09-01T00:00:00Z',
  revision: 0,
} as unknown as ConsentView;

const notice = { locale: 'en', digest: 'seen' } as const;
const bank = { id: 'org_bank', kind: 'bank', name: text, clients: ['bank'], connector: null };
const trust = {
  organisations: [{ ...bank, keys: [{ kid: 'bank-enc', use: 'enc', jwk, ...window }] }],
} as unknown as TrustList;

const screen: OnScreen = {
  issuer: 'https://praya.example',
  view,
  chosen: {},
  notice,
  trust,
  now: new Date('2026-03-01T00:00:00Z'),
};

const document = {
  type: 'praya.consent.v1',
  id: 'con_1',
  revision: 1,
  previous: null,
  issuer: 'https://praya.example',
  recipient: { organisation: 'org_bank', client: 'bank', name: text, encryptionKey: jwk },
  purpose: { code: 'account-opening', text },
  services: [
    { id: 'persons.identity', provider: 'org_persons', fields: ['dateOfBirth', 'nameEn'], subject: 'sealed' },
  ],
  frequency: { max: 3, per: 'day' },
  retention: 'P180D',
  notBefore: '2026-03-01T00:00:00Z',
  expiresAt: '2026-09-01T00:00:00.000Z',
  notice,
} as unknown as ConsentDocument;

const service = document.services[0];

describe('the document against the screen', () => {
  it('finds no difference where both say the same', () => {
    expect(differences(document, screen)).toEqual([]);
  });

  it('expects the optional fields that she ticked', () => {
    const ticked = { ...screen, chosen: { 'persons.identity': ['sex'] } };
    expect(differences(document, ticked)).toEqual(['services']);
    const services = [{ ...service, fields: ['dateOfBirth', 'nameEn', 'sex'] }];
    expect(differences({ ...document, services } as ConsentDocument, ticked)).toEqual([]);
  });

  it.each([
    ['services', { services: [{ ...service, fields: ['dateOfBirth', 'nameEn', 'sex'] }] }],
    ['services', { services: [{ ...service, fields: ['nameEn'] }] }],
    ['services', { services: [{ ...service, provider: 'org_other' }] }],
    ['services', { services: [{ ...service, subject: 'somebody else' }] }],
    ['services', { services: [service, { ...service, id: 'rates.address' }] }],
    ['recipient', { recipient: { ...document.recipient, client: 'other' } }],
    ['encryptionKey', { recipient: { ...document.recipient, encryptionKey: { ...jwk, x: 'z'.repeat(43) } } }],
    ['purpose', { purpose: { code: 'account-opening', text: { ...text, en: 'Anything' } } }],
    ['frequency', { frequency: { max: 300, per: 'day' } }],
    ['retention', { retention: 'P999D' }],
    ['expiresAt', { expiresAt: '2036-09-01T00:00:00Z' }],
    ['notice', { notice: { locale: 'en', digest: 'other' } }],
    ['issuer', { issuer: 'https://elsewhere.example' }],
    ['id', { id: 'con_2' }],
    ['type', { previous: 'something' }],
  ])('names %s where the document says otherwise', (part, change) => {
    expect(differences({ ...document, ...change } as ConsentDocument, screen)).toEqual([part]);
  });

  it('does not take an encryption key whose time is over', () => {
    const later = { ...screen, now: new Date('2027-06-01T00:00:00Z') };
    expect(differences(document, later)).toEqual(['encryptionKey']);
  });
});
