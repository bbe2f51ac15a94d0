import { createHash } from 'node:crypto';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftBatch, entriesOf, leavesOf } from './batch.ts';
import { type Call, createCall, createCallQueue } from './calls.ts';
import { createRepeatWindow } from './window.ts';

const callOf = (entries: readonly Uint8Array[], until = 0): Call => createCall(entries, until, () => {});
const leafOf = (entry: Uint8Array) =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), entry]))
    .digest();
const entryLists = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 20 });

test('a call holds the bundle of its entries and their leaf hashes, whatever becomes of the buffers', () => {
  fc.assert(
    fc.property(entryLists, (entries) => {
      const kept = entries.map((entry) => Uint8Array.from(entry));
      const call = callOf(entries);
      for (const entry of entries) entry.fill(0);
      expect(Buffer.from(call.bundle).equals(encodeEntries(kept))).toBe(true);
      expect(Buffer.from(call.leaves).equals(Buffer.concat(kept.map(leafOf)))).toBe(true);
      expect(call).toMatchObject({
        count: kept.length,
        bytes: kept.reduce((sum, one) => sum + one.length, 0),
      });
    }),
  );
});

test('the queue keeps order and bounds, whatever is taken and put back', () => {
  const commands = fc.array(
    fc.oneof(
      fc.record({ push: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ putBack: fc.boolean() }),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(commands, (list) => {
      const queue = createCallQueue({ entries: 100, bytes: 1000 });
      let waiting: Call[] = [];
      let away: Call[] = [];
      const entries = () => waiting.reduce((sum, call) => sum + call.count, 0);
      const bytes = () => waiting.reduce((sum, call) => sum + call.bytes, 0);
      for (const command of list) {
        if ('push' in command) {
          const call = callOf(Array.from({ length: command.push }, () => new Uint8Array(15)));
          const fits = entries() + call.count <= 100 && bytes() + call.bytes <= 1000;
          expect(queue.push(call)).toBe(fits || waiting.length === 0);
          if (fits || waiting.length === 0) waiting.push(call);
        } else if ('take' in command) {
          const taken = queue.take({ entries: command.take, bytes: 500 });
          expect(taken).toEqual(waiting.slice(0, taken.length));
          const sum = taken.reduce((count, call) => count + call.count, 0);
          expect(taken.length <= 1 || sum <= command.take).toBe(true);
          expect(taken.length > 0 || waiting.length === 0).toBe(true);
          waiting = waiting.slice(taken.length);
          away = [...away, ...taken];
        } else {
          queue.putBack(away);
          waiting = [...away, ...waiting];
          away = [];
        }
        expect(queue.length()).toBe(waiting.length);
        expect(queue.entries()).toBe(entries());
      }
      expect(queue.take({ entries: 1e9, bytes: 1e9 })).toEqual(waiting);
    }),
  );
});

test('calls whose time is over leave the queue from the front', () => {
  const queue = createCallQueue({ entries: 100, bytes: 1000 });
  const calls = [10, 20, 30].map((until) => callOf([new Uint8Array(1)], until));
  for (const call of calls) queue.push(call);
  expect(queue.overdue(9)).toEqual([]);
  expect(queue.overdue(20)).toEqual(calls.slice(0, 2));
  expect(queue.entries()).toBe(1);
});

test('a batch gives each entry one place, and its like the same, as a Map would', () => {
  const asks = fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 15 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(asks, { maxLength: 5 }), (batches) => {
      const window = createRepeatWindow(1024);
      const known = new Map<number, number>();
      for (const batch of batches) {
        const before = known.size;
        const calls = batch.map((names) => callOf(names.map((name) => Buffer.from(`entry ${name}`))));
        const draft = draftBatch(window, calls);
        const expected = batch.map((names) =>
          names.map((name) => {
            if (!known.has(name)) known.set(name, known.size);
            return known.get(name);
          }),
        );
        expect(draft.places).toEqual(expected);
        const fresh = [...known.keys()].slice(before).map((name) => Buffer.from(`entry ${name}`));
        expect(draft).toMatchObject({ first: before, count: fresh.length });
        expect(entriesOf(draft.bundle).map(String)).toEqual(fresh.map(String));
        expect(leavesOf(draft.leaves).map(hex)).toEqual(fresh.map((entry) => hex(leafOf(entry))));
      }
    }),
  );
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
