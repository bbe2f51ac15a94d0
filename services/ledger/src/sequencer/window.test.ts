import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRepeatWindow } from './window.ts';

const real = (n: number) => createHash('sha256').update(String(n)).digest();
// Alike in all words that choose the slot: every one of them collides.
const colliding = (n: number) => Buffer.concat([Buffer.alloc(28), Buffer.from([0, 0, n >> 8, n & 255])]);

type Step = { add: number } | { expect: number } | { back: number } | { restart: number };
const steps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ add: fc.nat(60) }) },
    { weight: 2, arbitrary: fc.record({ back: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.record({ expect: fc.nat(80) }) },
    { weight: 1, arbitrary: fc.record({ restart: fc.nat(1000) }) },
  ),
  { maxLength: 300 },
);

/** The same by a list of places, searched from end to end. */
function model(capacity: number) {
  let held: { leaf: number; place: number }[] = [];
  let next = 0;
  return {
    find: (leaf: number) => held.find((one) => one.leaf === leaf)?.place ?? -1,
    next: () => next,
    held: () => held,
    apply: (step: Step) => {
      if ('add' in step) {
        held = [...held, { leaf: step.add, place: next }].slice(-capacity);
        next += 1;
      } else if ('back' in step) {
        next = Math.max(0, next - step.back);
        held = held.filter(({ place }) => place < next);
      } else if ('restart' in step) {
        held = [];
        next = step.restart;
      }
    },
  };
}

test.each([
  ['spread', real],
  ['that all collide', colliding],
])('it answers what a list would, with leaves %s', (_name, leafOf) => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 8, 16, 64), steps, (capacity, list) => {
      const window = createRepeatWindow(capacity);
      const expected = model(capacity);
      for (const step of list) {
        if ('add' in step) {
          const known = window.find(leafOf(step.add), 0);
          expect(known).toBe(expected.find(step.add));
          if (known >= 0) continue;
          expect(window.add(leafOf(step.add), 0)).toBe(expected.next());
        } else if ('back' in step) window.rollBack(Math.max(0, window.next() - step.back));
        else if ('expect' in step) window.expect(step.expect);
        else window.restart(step.restart);
        expected.apply(step);
        expect(window.next()).toBe(expected.next());
        expect(window.held()).toBe(expected.held().length);
      }
      for (let leaf = 0; leaf <= 60; leaf += 1) {
        expect(window.find(leafOf(leaf), 0)).toBe(expected.find(leaf));
      }
    }),
  );
});

test('it grows to its capacity and then forgets the oldest', () => {
  const capacity = 2 ** 14;
  const window = createRepeatWindow(capacity);
  window.restart(123);
  const count = capacity + 5000;
  const leaves = Buffer.concat(Array.from({ length: count }, (_, n) => real(n)));
  for (let n = 0; n < count; n += 1) expect(window.add(leaves, n * 32)).toBe(123 + n);
  expect(window.held()).toBe(capacity);
  for (let n = 0; n < count; n += 1) {
    expect(window.find(leaves, n * 32)).toBe(n < 5000 ? -1 : 123 + n);
  }
});

test('a capacity that is no power of two is refused', () => {
  for (const capacity of [0, 3, 1000]) expect(() => createRepeatWindow(capacity)).toThrow(RangeError);
});
