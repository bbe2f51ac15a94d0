import fc from 'fast-check';
import { expect, test } from 'vitest';
import { districts } from './addresses/districts.ts';
import { estateWords, streetWords } from './addresses/places.ts';
import { drawHome } from './addresses.ts';
import { seededRandom } from './random.ts';

test('there are eighteen districts: four on the island, five in Kowloon, nine in the New Territories', () => {
  const count = (region: string) => districts.filter((district) => district.region === region).length;
  expect([count('HK'), count('KLN'), count('NT')]).toEqual([4, 5, 9]);
  expect(new Set(districts.map((district) => district.code)).size).toBe(18);
});

test('every district has its own words for estates and streets', () => {
  expect([estateWords.length, streetWords.length]).toEqual([36, 36]);
  expect(new Set([...estateWords, ...streetWords].map((word) => word.zh)).size).toBe(72);
  expect(new Set([...estateWords, ...streetWords].map((word) => word.en)).size).toBe(72);
});

test('an address fits three lines in each language and names its sub-district', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const { address, rateableValue } = drawHome(seededRandom(seed));
      const lines = [...address.lines.en, ...address.lines.zh];
      expect(lines.every((line) => line.length > 0 && line.length <= 70)).toBe(true);
      expect(address.lines.en[2]).toContain(address.subDistrict.en);
      expect(address.lines.zh[0]).toContain(address.subDistrict.zh);
      expect(rateableValue).toBeGreaterThan(0);
      expect(rateableValue % 120).toBe(0);
    }),
  );
});

test('a home is in an estate with blocks or in a building without', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const { address } = drawHome(seededRandom(seed));
      expect(address.block === null).toBe(address.estate === null);
      expect(address.estate === null || address.building === null).toBe(true);
    }),
  );
});
