import { describe, expect, test } from 'vitest';
import type { AuthorizationDetail, ConsentState } from './contract.ts';
import { decideChange, eventOf, faultOfDetail, grantedFields, parseDetail, stateAt } from './rules.ts';
import { createWorld, DAY_MS, ISSUER, keyPair } from './test-world.ts';

const world = createWorld();
const catalogue = await world.surroundings.services(['persons.identity', 'rates.address']);

function faultOf(change: Partial<AuthorizationDetail>, context: object = {}) {
  return faultOfDetail(world.detail(change), {
    issuer: ISSUER,
    now: world.clock(),
    permitted: ['account-opening'],
    template: world.template,
    services: catalogue,
    keys: world.bank.keys,
    ...context,
  });
}

const service = (required: string[], optional: string[] = [], id = 'persons.identity') => [
  { id, required, optional },
];
const inDays = (days: number) => new Date(world.clock().getTime() + days * DAY_MS).toISOString();
const enc = world.bank.keys[1]?.jwk ?? keyPair('none', 'enc').key.jwk;

describe('a detail', () => {
  test('that keeps every rule has no fault', () => {
    expect(faultOf({})).toBeUndefined();
  });

  test.each<[string, Partial<AuthorizationDetail>, string, string, string]>([
    ['asks elsewhere', { locations: ['https://x.test'] }, 'detail-invalid', 'locations/0', 'exchange'],
    [
      'asks for a service twice',
      { services: [...service(['nameEn']), ...service(['sex'])] },
      'detail-invalid',
      'services/1/id',
      'unique',
    ],
    [
      'asks for an unknown service',
      { services: service(['a'], [], 'x.y') },
      'service-unknown',
      'services/0/id',
      'catalogue',
    ],
    ['asks for nothing', { services: service([]) }, 'detail-invalid', 'services/0/required', 'minItems'],
    [
      'asks for an unknown field',
      { services: service(['nameEn', 'shoeSize']) },
      'field-unknown',
      'services/0/required/1',
      'catalogue',
    ],
    [
      'asks above the ceiling of its purpose',
      { services: service([], ['occupation']) },
      'field-not-permitted',
      'services/0/optional/0',
      'ceiling',
    ],
    [
      'calls a field both required and optional',
      { services: service(['sex'], ['sex']) },
      'detail-invalid',
      'services/0/optional/0',
      'required-or-optional',
    ],
    [
      'asks too often a day',
      { frequency: { max: 6, per: 'day' } },
      'frequency-too-high',
      'frequency/max',
      'max 5',
    ],
    [
      'could ask too often on one day of the month',
      { frequency: { max: 6, per: 'month' } },
      'frequency-too-high',
      'frequency/max',
      'max 5',
    ],
    ['has ended', { expires_at: inDays(0) }, 'detail-invalid', 'expires_at', 'future'],
    ['lasts too long', { expires_at: inDays(90.001) }, 'life-too-long', 'expires_at', 'max P90D'],
    ['keeps too long', { retention: 'P181D' }, 'retention-too-long', 'retention', 'max P180D'],
    [
      'names a key that the directory does not have',
      { encryption_key: keyPair('bank-enc', 'enc').key.jwk },
      'encryption-key-unknown',
      'encryption_key',
      'directory',
    ],
    [
      'names the key by another name',
      { encryption_key: { ...enc, kid: 'other' } },
      'encryption-key-unknown',
      'encryption_key',
      'directory',
    ],
    [
      'names a signing key to encrypt to',
      { encryption_key: world.bank.keys[0]?.jwk ?? enc },
      'encryption-key-unknown',
      'encryption_key',
      'directory',
    ],
  ])('that %s names field and rule', (_name, change, code, field, rule) => {
    expect(faultOf(change)).toEqual({ code: `consent.${code}`, field, rule });
  });

  test('on the very edge of every limit has no fault', () => {
    const edge = { frequency: { max: 5, per: 'day' }, expires_at: inDays(90), retention: 'P180D' } as const;
    expect(faultOf(edge)).toBeUndefined();
  });

  test.each([
    ['the client is not permitted', { permitted: [] }],
    ['nobody knows', { template: undefined }],
  ])('for a purpose that %s is refused', (_name, context) => {
    expect(faultOf({}, context)).toMatchObject({ code: 'consent.purpose-not-permitted', field: 'purpose' });
  });

  test.each([
    ['revoked', { revokedAt: '2026-05-01T00:00:00Z' }],
    ['not valid yet', { validFrom: '2026-07-01T00:00:00Z' }],
    ['past its time', { validUntil: '2026-06-01T04:00:00Z' }],
  ])('to a key that is %s is refused', (_name, change) => {
    const keys = world.bank.keys.map((key) => ({ ...key, ...change }));
    expect(faultOf({}, { keys })).toMatchObject({ code: 'consent.encryption-key-unknown' });
  });

  test.each([
    ['with a member too many', { more: 1 }, 'more'],
    ['of another type', { type: 'other' }, 'type'],
    ['without services', { services: [] }, 'services'],
    ['with a date that is none', { expires_at: 'soon' }, 'expires_at'],
    ['with a private key', { encryption_key: { ...enc, d: 'secret' } }, 'encryption_key/d'],
  ])('%s does not parse', (_name, change, field) => {
    const parsed = parseDetail({ ...world.detail(), ...change });
    expect(parsed).toMatchObject({ refusal: { code: 'consent.detail-invalid', field } });
  });
});

describe('a change', () => {
  const expiresAt = new Date('2026-07-01T00:00:00Z');
  const before = new Date('2026-06-01T00:00:00Z');
  const states: ConsentState[] = ['requested', 'active', 'paused', 'revoked', 'expired', 'refused'];
  const targets = ['active', 'paused', 'revoked', 'expired'] as const;
  const allowed = new Set([
    'citizen requested revoked',
    'citizen active paused',
    'citizen active revoked',
    'citizen paused active',
    'citizen paused revoked',
    'recipient requested revoked',
    'recipient active revoked',
    'recipient paused revoked',
    'clock requested expired',
    'clock active expired',
    'clock paused expired',
  ]);
  const all = (['citizen', 'recipient', 'clock'] as const).flatMap((by) =>
    states.flatMap((state) => targets.map((to) => [by, state, to] as const)),
  );

  test.each(all)('by the %s from %s to %s is a step exactly where the table says', (by, state, to) => {
    const now = by === 'clock' ? expiresAt : before;
    const decision = decideChange({ state, expiresAt }, { by, to, now });
    const step = decision.ok && decision.value === 'step';
    expect(step).toBe(allowed.has(`${by} ${state} ${to}`));
  });

  test.each(all)('by the %s from %s to %s after the end is none of hers', (by, state, to) => {
    const decision = decideChange({ state, expiresAt }, { by, to, now: expiresAt });
    const step = decision.ok && decision.value === 'step';
    expect(step).toBe(by === 'clock' && allowed.has(`${by} ${state} ${to}`));
  });

  test('to active is told as a resumption only after a pause', () => {
    expect(eventOf({ from: 'paused', to: 'active' })).toBe('resumed');
    expect(eventOf({ from: 'requested', to: 'active' })).toBe('active');
    expect(eventOf({ from: 'paused', to: 'revoked' })).toBe('revoked');
  });
});

test('past its end a consent is expired unless it ended otherwise before', () => {
  const expiresAt = new Date('2026-07-01T00:00:00Z');
  const after = (state: ConsentState) => stateAt({ state, expiresAt }, expiresAt);
  expect(['requested', 'active', 'paused'].map((state) => after(state as ConsentState))).toEqual(
    Array(3).fill('expired'),
  );
  expect([after('revoked'), after('refused')]).toEqual(['revoked', 'refused']);
  expect(stateAt({ state: 'active', expiresAt }, new Date(expiresAt.getTime() - 1))).toBe('active');
});

test('granted fields are all required ones and the chosen optional ones, sorted, each once', () => {
  const asked = { id: 'persons.identity', required: ['nameEn', 'dateOfBirth'], optional: ['sex', 'address'] };
  expect(grantedFields(asked, ['sex', 'sex'])).toEqual({ ok: true, value: ['dateOfBirth', 'nameEn', 'sex'] });
  expect(grantedFields(asked, ['nameEn'])).toMatchObject({
    refusal: { code: 'consent.field-not-permitted', field: 'optional/persons.identity/nameEn' },
  });
});
