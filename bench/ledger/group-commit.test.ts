import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupCommit } from './group-commit.ts';

const calls = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 30 });

test('everything is written once, in the order of the calls, and no call is torn', () =>
  fc.assert(
    fc.asyncProperty(calls, fc.integer({ min: 1, max: 12 }), async (asked, most) => {
      const batches: number[][] = [];
      const commit = groupCommit<number>(
        async (batch) => {
          batches.push([...batch]);
          await sleep(0);
        },
        { most, inFlight: 1 },
      );
      const answered: number[] = [];
      await Promise.all(asked.map((items, at) => commit(items).then(() => answered.push(at))));
      expect(batches.flat()).toEqual(asked.flat());
      expect(answered).toEqual(asked.map((_items, at) => at));
      const ends = new Set(asked.map((_items, at) => asked.slice(0, at + 1).flat().length));
      let written = 0;
      for (const batch of batches) {
        written += batch.length;
        expect(ends.has(written)).toBe(true);
      }
    }),
    { numRuns: 50 },
  ));

test('what arrives while a batch is written goes together into the next', async () => {
  const sizes: number[] = [];
  const commit = groupCommit<number>(
    async (batch) => {
      sizes.push(batch.length);
      await sleep(20);
    },
    { most: 100, inFlight: 1 },
  );
  const first = commit([1]);
  await sleep(5);
  await Promise.all([first, ...Array.from({ length: 30 }, (_, n) => commit([n]))]);
  expect(sizes).toEqual([1, 30]);
});

test('a batch that fails fails its callers and no others', async () => {
  let batches = 0;
  const commit = groupCommit<number>(
    async () => {
      batches += 1;
      if (batches === 1) throw new Error('full');
    },
    { most: 1, inFlight: 1 },
  );
  const outcomes = await Promise.allSettled([commit([1]), commit([2])]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
