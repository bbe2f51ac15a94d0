import { expect, test } from 'vitest';
import { createEntries, drive, ENTRY_BYTES } from './appender.ts';

test('no two entries are the same, in one run or in another', () => {
  const [one, other] = [createEntries(), createEntries()];
  const all = [...one.take(3000), ...one.take(1), ...other.take(3000)];
  expect(new Set(all.map((entry) => Buffer.from(entry).toString('hex'))).size).toBe(6001);
  expect(all.every(({ length }) => length === ENTRY_BYTES)).toBe(true);
});

test('a load of so many entries brings so many, and counts entries, not calls', async () => {
  let entries = 0;
  const appender = {
    append: async (some: readonly Uint8Array[]) => {
      entries += some.length;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const measured = await drive(appender, { calls: 4, perCall: 5, count: 20 });
  expect(entries).toBe(100);
  expect(measured.count).toBe(100);
});
