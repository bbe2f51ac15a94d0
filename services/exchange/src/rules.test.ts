import { digest, textDigest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actRecord,
  checkRequest,
  checkResponse,
  commitmentOf,
  countsAt,
  isSoundService,
  termOf,
} from './rules.ts';
import { sealedTo } from './test-world.ts';

const issuer = 'https://praya.test';
const now = new Date('2026-06-01T04:00:00Z');
const iat = now.getTime() / 1000;

describe('a request', () => {
  const claims = {
    iss: 'bank',
    aud: `${issuer}/exchange/v1`,
    jti: 'a-name-of-its-own',
    iat,
    exp: iat + 60,
    consent_id: newId('con'),
    service: 'persons.identity',
  };
  const check = (change: object) => checkRequest({ ...claims, ...change }, { clientId: 'bank', issuer, now });

  test('of this client, for us, of this minute is good', () => {
    expect(check({})).toMatchObject({ ok: true });
  });

  test.each([
    ['a minute old to the second', { iat: iat - 60, exp: iat }, 'exchange.request-expired'],
    ['older than a minute', { iat: iat - 61, exp: iat - 1 }, 'exchange.request-expired'],
    ['more than a minute ahead', { iat: iat + 61, exp: iat + 121 }, 'exchange.request-expired'],
    ['good for more than a minute', { exp: iat + 61 }, 'exchange.request-malformed'],
    ['over before it began', { exp: iat }, 'exchange.request-malformed'],
    ['another client’s', { iss: 'other' }, 'exchange.client-mismatch'],
    ['for the issuer instead of the exchange', { aud: issuer }, 'exchange.request-audience'],
  ])('that is %s is not', (_name, change, code) => {
    expect(check(change)).toMatchObject({ refusal: { code } });
  });
});

describe('a response', () => {
  const payload = sealedTo('bank-enc');
  const expected = {
    act: 'act_1',
    provider: 'org_1',
    consent: 'con_1',
    service: 'persons.identity',
    fields: ['dateOfBirth', 'nameEn'],
    subject: 'sealed',
    payload,
    schemaDigest: 's',
    now,
    exchange: {
      clientId: 'bank',
      consentDigest: 'c'.repeat(43),
      requestDigest: 'r'.repeat(43),
      encryptionKid: 'bank-enc',
    },
  };
  const claims = {
    iss: 'org_1',
    aud: 'bank',
    act: 'act_1',
    consent: 'con_1',
    consent_digest: 'c'.repeat(43),
    service: 'persons.identity',
    request_digest: 'r'.repeat(43),
    subject_digest: textDigest('sealed'),
    fields: ['dateOfBirth', 'nameEn'],
    schema_digest: 's',
    payload_digest: textDigest(payload),
    iat,
  };

  test('with every binding is good', () => {
    expect(checkResponse(claims, expected)).toEqual({ ok: true, value: true });
  });

  test('loses any one member and is not', () => {
    for (const member of Object.keys(claims)) {
      expect(checkResponse({ ...claims, [member]: undefined }, expected).ok).toBe(false);
    }
  });

  test('has any one member changed and is not', () => {
    const bound = Object.keys(claims);
    for (const member of bound) {
      const changed = member === 'fields' ? ['nameEn'] : 'x'.repeat(43);
      expect(checkResponse({ ...claims, [member]: changed }, expected).ok).toBe(false);
    }
  });

  test.each([
    ['plain text', 'CHAN'],
    ['a JWS', 'a.b.c'],
    [
      'sealed by a shared secret',
      `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..a.b.c`,
    ],
    ['five parts of nothing', '....'],
  ])('whose payload is %s is not', (_name, text) => {
    const outcome = checkResponse(
      { ...claims, payload_digest: textDigest(text) },
      { ...expected, payload: text },
    );
    expect(outcome).toMatchObject({ refusal: { code: 'exchange.response-binding', field: 'payload' } });
  });
});

test('uses are counted by the day, the month or the life of the consent, in UTC', () => {
  const at = new Date('2026-06-30T23:59:59.999Z');
  expect(termOf({ max: 1, per: 'day' }, at)).toBe('2026-06-30');
  expect(termOf({ max: 1, per: 'month' }, at)).toBe('2026-06');
  expect(termOf({ max: 1, per: 'total' }, at)).toBe('total');
});

test('a key counts from its first instant, not at its last, and no more once revoked', () => {
  const key = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', revokedAt: null };
  const at = (text: string, revokedAt: string | null = null) =>
    countsAt({ ...key, revokedAt }, new Date(text));
  expect(at('2026-01-01T00:00:00Z')).toBe(true);
  expect(at('2025-12-31T23:59:59.999Z')).toBe(false);
  expect(at('2027-01-01T00:00:00Z')).toBe(false);
  expect(at('2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z')).toBe(false);
  expect(at('2026-05-31T23:59:59.999Z', '2026-06-01T00:00:00Z')).toBe(true);
});

test('a commitment is 32 bytes, changes with every bit of the salt, and says nothing of the record', () => {
  const record = actRecord({
    id: newId('act'),
    kind: 'exchange',
    consentDigest: 'c',
    requestDigest: 'r',
    responseDigest: 's',
    at: now,
  });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(255), (salt, bit) => {
      const other = Uint8Array.from(salt);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const [one, two] = [commitmentOf(record, salt), commitmentOf(record, other)];
      expect(one).toHaveLength(32);
      expect(Buffer.compare(one, two)).not.toBe(0);
    }),
  );
});

describe('a service', () => {
  const schema = { type: 'object', properties: { nameEn: { type: 'string' } } };
  const service = {
    fields: [{ name: 'nameEn', schema: { type: 'string' } }],
    schema,
    schemaDigest: digest(schema),
  };

  test('whose schema is about its fields is sound', () => {
    expect(isSoundService(service)).toBe(true);
  });

  const field = (change: object) => [{ name: 'nameEn', schema: change as Record<string, unknown> }];
  test.each([
    ['another schema’s digest', { schemaDigest: 'x' }],
    [
      'a field that the schema does not have',
      { fields: [...service.fields, { name: 'sex', schema: { type: 'string' } }] },
    ],
    ['a field twice', { fields: [...service.fields, ...service.fields] }],
    ['a field of an unknown type', { fields: field({ type: 'date' }) }],
    ['a field of no type', { fields: field({}) }],
    ['a field described elsewhere', { fields: field({ type: 'string', $ref: 'https://evil.test' }) }],
    ['a field described at great length', { fields: field({ type: 'string', title: 'x'.repeat(5000) }) }],
  ])('with %s is not', (_name, change) => {
    expect(isSoundService({ ...service, ...change })).toBe(false);
  });
});
