import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededPermutation, seededRandom } from './random.ts';

test('the same seed draws the same numbers on every machine', () => {
  const random = seededRandom('praya');
  expect([random.next(), random.next(), random.next()]).toEqual([1603338987, 627629636, 3463067744]);
});

test('different seeds draw different numbers', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      const first = seededRandom(one);
      const second = seededRandom(other);
      expect([first.next(), first.next()]).not.toEqual([second.next(), second.next()]);
    }),
  );
});

test('a number drawn between two bounds keeps within them', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(1000), (seed, low, width) => {
      const drawn = seededRandom(seed).between(low, low + width);
      expect(drawn).toBeGreaterThanOrEqual(low);
      expect(drawn).toBeLessThanOrEqual(low + width);
    }),
  );
});

test('a choice of weight zero is never made', () => {
  const random = seededRandom('weights');
  const choices = [
    { name: 'never', weight: 0 },
    { name: 'always', weight: 1 },
  ];
  for (let turn = 0; turn < 100; turn++) expect(random.weighted(choices).name).toBe('always');
});

test('a permutation reaches every number once', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const numbered = seededPermutation(seed, 3);
      expect(new Set(Array.from({ length: 1000 }, (_, index) => numbered(index))).size).toBe(1000);
    }),
  );
});

test('a permutation refuses a number beyond its size', () => {
  expect(() => seededPermutation('seed', 3)(1000)).toThrow(RangeError);
});
