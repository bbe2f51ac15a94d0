import { describe, expect, test } from 'vitest';
import { assertionFault, isRepeated, keysInForce, lifeOfDetails, normalCode, proofFault } from './rules.ts';

const now = new Date('2026-11-23T10:00:00Z');
const at = now.getTime() / 1000;
const issuer = 'https://praya.test';
const firstEpoch = { startedAt: now, first: true };

describe('a client assertion', () => {
  const good = { aud: issuer, iat: at, exp: at + 60 };

  test('that is fresh and for the issuer is taken', () => {
    expect(assertionFault(good, { issuer, now, epoch: firstEpoch })).toBeUndefined();
  });

  test.each([
    ['aud', { aud: [issuer] }],
    ['aud', { aud: `${issuer}/oidc/token` }],
    ['iat and exp', { iat: undefined }],
    ['iat and exp', { exp: '1' }],
    ['future', { iat: at + 6, exp: at + 60 }],
    ['at most', { exp: at + 121 }],
    ['expired', { iat: at - 60, exp: at - 5 }],
  ])('is refused for its %s', (word, claims) => {
    expect(assertionFault({ ...good, ...claims }, { issuer, now, epoch: firstEpoch })).toContain(word);
  });

  test.each([
    ['five seconds after a later epoch began', 5, true],
    ['six seconds after', 6, false],
  ])('made %s is refused: %#', (_when, secondsAfter, refused) => {
    const epoch = { startedAt: new Date(now.getTime() - secondsAfter * 1000), first: false };
    expect(assertionFault(good, { issuer, now, epoch }) !== undefined).toBe(refused);
  });
});

describe('a DPoP proof', () => {
  const about = { method: 'POST', url: `${issuer}/exchange/v1/requests`, tokenHash: 'hash', now };
  const good = { htm: 'POST', htu: about.url, ath: 'hash', jti: '1', iat: at };

  test('may name its address with a query', () => {
    expect(proofFault({ ...good, htu: `${about.url}?a=1#b` }, about)).toBeUndefined();
  });

  test.each([
    ['htm', { htm: 'post' }],
    ['htu', { htu: `${issuer}/exchange/v1/other` }],
    ['htu', { htu: 'nowhere' }],
    ['ath', { ath: undefined }],
    ['jti', { jti: '' }],
    ['iat', { iat: at - 301 }],
    ['iat', { iat: at + 301 }],
  ])('is refused for its %s', (rule, claims) => {
    expect(proofFault({ ...good, ...claims }, about)).toBe(rule);
  });
});

test('a refresh token is worth its while only where the client may come back', () => {
  expect(isRepeated({ frequency: { max: 1, per: 'total' } })).toBe(false);
  expect(isRepeated({ frequency: { max: 2, per: 'total' } })).toBe(true);
  expect(isRepeated({ frequency: { max: 1, per: 'month' } })).toBe(true);
  expect(isRepeated({})).toBe(false);
});

test('a grant lives as long as the last of its details, and never less than a second', () => {
  expect(lifeOfDetails([{ expires_at: '2026-11-23T10:01:00Z' }, { expires_at: 'soon' }], now)).toBe(60);
  expect(lifeOfDetails([{ expires_at: '2020-01-01T00:00:00Z' }], now)).toBe(1);
  expect(lifeOfDetails([], now)).toBe(1);
});

test.each([
  ['abcd-efgh-jkmn', 'ABCD-EFGH-JKMN'],
  [' 0o1i 2345 6789 ', '0011-2345-6789'],
  ['ABCD-EFGH-JKM', undefined],
  ['ABCD-EFGH-JKMU', undefined],
])('the code %j is read as %j', (typed, code) => {
  expect(normalCode(typed)).toBe(code);
});

test('a key counts from its first instant until before its last, and never after it was revoked', () => {
  const jwk = { kty: 'EC' as const, crv: 'P-256' as const, x: 'x', y: 'y', kid: 'k' };
  const base = {
    use: 'sig' as const,
    jwk,
    validFrom: '2026-11-23T10:00:00Z',
    validUntil: '2026-11-24T10:00:00Z',
  };
  const keys = [
    { ...base, kid: 'good', revokedAt: null },
    { ...base, kid: 'revoked later', revokedAt: '2026-11-23T11:00:00Z' },
    { ...base, kid: 'revoked', revokedAt: '2026-11-23T10:00:00Z' },
    { ...base, kid: 'sealing', use: 'enc' as const, revokedAt: null },
    {
      ...base,
      kid: 'over',
      validFrom: '2026-11-22T10:00:00Z',
      validUntil: '2026-11-23T10:00:00Z',
      revokedAt: null,
    },
  ];
  expect(keysInForce(keys, { use: 'sig', at: now }).map(({ kid }) => kid)).toEqual(['good', 'revoked later']);
});
