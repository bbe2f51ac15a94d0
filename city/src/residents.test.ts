import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSyntheticIdentityNumber } from './identity-number.ts';
import { ageOn, CITY_DAY, type Resident, residents } from './residents.ts';

const city = [...residents({ count: 10_000, seed: 'praya' })];

function hashOf(people: Iterable<Resident>): string {
  return createHash('sha256')
    .update(JSON.stringify([...people]))
    .digest('hex');
}

function share(of: (resident: Resident) => boolean): number {
  return city.filter(of).length / city.length;
}

test('the demonstration city is the same on every machine', () => {
  expect(hashOf(city)).toBe('d169d0902a3a431cd9bce6a26a202a335906b6cba54e30f349049b316b596395');
});

test('the same seed gives the same people, and another seed others', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 30 }), (seed, other, count) => {
      expect(hashOf(residents({ count, seed }))).toBe(hashOf(residents({ count, seed })));
      fc.pre(seed !== other);
      expect(hashOf(residents({ count, seed }))).not.toBe(hashOf(residents({ count, seed: other })));
    }),
  );
});

test('asking for more people does not change the first of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), (count) => {
      expect([...residents({ count, seed: 'praya' })]).toEqual(city.slice(0, count));
    }),
  );
});

test('ten thousand residents come in under two seconds', () => {
  const startedAt = performance.now();
  expect([...residents({ count: 10_000, seed: 'fast' })]).toHaveLength(10_000);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test.each(['id', 'identityNumber'] as const)('no two residents share an %s', (field) => {
  expect(new Set(city.map((resident) => resident[field])).size).toBe(city.length);
});

test('no two residents share a mobile number, and none of them can be called', () => {
  const mobiles = city.flatMap(({ mobile }) => mobile ?? []);
  expect(new Set(mobiles).size).toBe(mobiles.length);
  expect(mobiles.every((mobile) => /^\+85249[0-9]{6}$/.test(mobile))).toBe(true);
});

test('every identity card number is of the range that nobody holds', () => {
  expect(city.every(({ identityNumber }) => isSyntheticIdentityNumber(identityNumber))).toBe(true);
});

test('ages run from 0 to 100 and agree with the dates of birth', () => {
  for (const { ageYears, dateOfBirth, mayEnrol, mobile } of city) {
    expect(ageOn(CITY_DAY, dateOfBirth)).toBe(ageYears);
    expect(ageYears >= 0 && ageYears <= 100).toBe(true);
    expect(mayEnrol).toBe(ageYears >= 11);
    expect(mobile !== null).toBe(mayEnrol);
  }
});

test('ages agree with the dates of birth on a leap day too', () => {
  for (const { ageYears, dateOfBirth } of residents({ count: 500, seed: 'leap', asOf: '2028-02-29' })) {
    expect(ageOn('2028-02-29', dateOfBirth)).toBe(ageYears);
  }
});

test('the pyramid is that of an ageing city', () => {
  expect(share(({ ageYears }) => ageYears < 15)).toBeGreaterThan(0.08);
  expect(share(({ ageYears }) => ageYears < 15)).toBeLessThan(0.16);
  expect(share(({ ageYears }) => ageYears >= 65)).toBeGreaterThan(0.17);
  expect(share(({ ageYears }) => ageYears >= 65)).toBeLessThan(0.3);
  expect(share(({ sex }) => sex === 'F')).toBeGreaterThan(0.49);
  expect(share(({ sex }) => sex === 'F')).toBeLessThan(0.56);
});

test('a household shares one address and one rates account', () => {
  const homes = Map.groupBy(city, (resident) => resident.household);
  for (const members of homes.values()) {
    expect(new Set(members.map(({ address }) => JSON.stringify(address))).size).toBe(1);
    expect(new Set(members.map(({ rates }) => rates.accountNumber)).size).toBe(1);
    expect(members.filter(({ rates }) => rates.payer === 'self').length).toBeLessThanOrEqual(1);
  }
});

test('people live in all eighteen districts', () => {
  expect(new Set(city.map(({ address }) => address.district.code)).size).toBe(18);
});

test('a few people have no Chinese name, and everybody has an English one', () => {
  expect(share(({ name }) => name.zh === null)).toBeGreaterThan(0.01);
  expect(share(({ name }) => name.zh === null)).toBeLessThan(0.06);
  expect(city.every(({ name }) => /^[A-Z-]+, [A-Z][A-Za-z -]+$/.test(name.en))).toBe(true);
  expect(city.every(({ name }) => name.zh === null || /^\p{Script=Han}{2,4}$/u.test(name.zh))).toBe(true);
});

test('more than a million residents are refused', () => {
  expect(() => residents({ count: 1_000_001, seed: 'praya' }).next()).toThrow(RangeError);
});
