import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { companies } from './companies.ts';
import { MOST_COMPANIES } from './company-names.ts';
import { ageOn, CITY_DAY, residents } from './residents.ts';

const people = [...residents({ count: 2000, seed: 'praya' })];
const byId = new Map(people.map((resident) => [resident.id, resident]));
const firms = companies({ count: 500, seed: 'praya', residents: people });

function hashOf(seed: string): string {
  return createHash('sha256')
    .update(JSON.stringify(companies({ count: 5, seed, residents: people })))
    .digest('hex');
}

test('the same seed gives the same companies, and another seed others', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, other) => {
      expect(hashOf(seed)).toBe(hashOf(seed));
      fc.pre(seed !== other);
      expect(hashOf(seed)).not.toBe(hashOf(other));
    }),
    { numRuns: 30 },
  );
});

test('no two companies share a name or a number', () => {
  const all = companies({ count: MOST_COMPANIES, seed: 'praya', residents: people });
  expect(new Set(all.map(({ businessRegistrationNumber }) => businessRegistrationNumber)).size).toBe(
    all.length,
  );
  expect(new Set(all.map(({ name }) => name.en)).size).toBe(all.length);
  expect(new Set(all.map(({ name }) => name.zh)).size).toBe(all.length);
});

test('a business registration number is eight digits of the synthetic range', () => {
  expect(firms.every((firm) => /^999[0-9]{5}$/.test(firm.businessRegistrationNumber))).toBe(true);
});

test('one to five residents are officers, and the first is a director', () => {
  for (const { officers } of firms) {
    expect(officers.length >= 1 && officers.length <= 5).toBe(true);
    expect(officers[0]?.role).toBe('director');
    expect(officers.filter(({ role }) => role === 'secretary').length).toBeLessThanOrEqual(1);
    expect(new Set(officers.map(({ residentId }) => residentId)).size).toBe(officers.length);
    for (const { residentId, identityNumber } of officers) {
      expect(byId.get(residentId)?.identityNumber).toBe(identityNumber);
    }
  }
});

test('an officer is an adult when appointed, after the company begins and before today', () => {
  for (const { officers, incorporatedOn } of firms) {
    for (const { residentId, appointedOn } of officers) {
      expect(ageOn(appointedOn, byId.get(residentId)?.dateOfBirth ?? '')).toBeGreaterThanOrEqual(18);
      expect(appointedOn >= incorporatedOn && appointedOn <= CITY_DAY).toBe(true);
    }
  }
});

test('the shares in issue are those that the officers hold, and none are issued by guarantee', () => {
  for (const { issuedShares, officers, type } of firms) {
    expect(issuedShares).toBe(officers.reduce((sum, { shares }) => sum + shares, 0));
    expect(issuedShares === 0).toBe(type === 'limited-by-guarantee');
  }
});

test('the first adult directs the first company', () => {
  const adult = people.find(({ ageYears }) => ageYears > 18);
  expect(firms[0]?.officers[0]).toMatchObject({ residentId: adult?.id, role: 'director' });
});

test('a city of children founds no company', () => {
  const children = people.filter(({ ageYears }) => ageYears < 18);
  expect(() => companies({ count: 1, seed: 'praya', residents: children })).toThrow(RangeError);
});
