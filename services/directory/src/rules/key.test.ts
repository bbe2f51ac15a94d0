import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bankKey, ids, newKey, said } from '../test-city.ts';
import { isOnCurve, keyCollision } from './key.ts';
import { type DirectoryState, EMPTY_STATE } from './state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const day = (n: number) => new Date(Date.UTC(2027, 0, 1) + n * DAY_MS).toISOString();

test('a point of another curve, or of none, is not on P-256', () => {
  const { x, y } = bankKey.jwk;
  const zero = Buffer.alloc(32).toString('base64url');
  expect(isOnCurve({ x, y })).toBe(true);
  expect(isOnCurve({ x: y, y: x })).toBe(false);
  expect(isOnCurve({ x: zero, y: zero })).toBe(false);
  expect(isOnCurve({ x: Buffer.alloc(32, 255).toString('base64url'), y })).toBe(false);
});

test('whatever keys are taken, no instant has more than two of one use', () => {
  const made = Array.from({ length: 8 }, (_, n) => newKey({ kid: `k${n}` }));
  const window = fc.record({ from: fc.nat(30), days: fc.integer({ min: 1, max: 15 }), sig: fc.boolean() });
  fc.assert(
    fc.property(fc.array(window, { maxLength: 8 }), (windows) => {
      let keys: DirectoryState['organisations'][number]['keys'] = [];
      const stateWith = (): DirectoryState => ({
        ...EMPTY_STATE,
        organisations: [
          {
            id: ids.bank,
            slug: 'b',
            kind: 'bank',
            name: said('B'),
            clients: [],
            connector: null,
            keys,
            suspendedAt: null,
          },
        ],
      });
      for (const [n, { from, days, sig }] of windows.entries()) {
        const base = made[n] ?? newKey();
        const use = sig ? ('sig' as const) : ('enc' as const);
        const key = { ...base, use, validFrom: day(from), validUntil: day(from + days) };
        if (keyCollision(key, stateWith(), ids.bank) === undefined)
          keys = [...keys, { ...key, revokedAt: null }];
      }
      for (let at = 0; at < 46; at += 1) {
        for (const use of ['sig', 'enc']) {
          const counting = keys.filter(
            (key) => key.use === use && key.validFrom <= day(at) && day(at) < key.validUntil,
          );
          expect(counting.length).toBeLessThanOrEqual(2);
        }
      }
    }),
  );
});
