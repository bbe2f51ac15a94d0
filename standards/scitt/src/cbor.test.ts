import { expect, test } from 'vitest';
import { type Cbor, encodeCbor } from './cbor.ts';

const hex = (value: Cbor) => Buffer.from(encodeCbor(value)).toString('hex');
const members = (...pairs: readonly [number | string, Cbor][]) => new Map(pairs);

// RFC 8949, Appendix A
test.each<[Cbor, string]>([
  [0, '00'],
  [1, '01'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [25, '1819'],
  [100, '1864'],
  [1000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [1_000_000_000_000, '1b000000e8d4a51000'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1000, '3903e7'],
  [null, 'f6'],
  [Uint8Array.of(), '40'],
  [Uint8Array.of(1, 2, 3, 4), '4401020304'],
  ['', '60'],
  ['a', '6161'],
  ['IETF', '6449455446'],
  ['"\\', '62225c'],
  ['ü', '62c3bc'],
  ['水', '63e6b0b4'],
  ['𐅑', '64f0908591'],
  [[], '80'],
  [[1, 2, 3], '83010203'],
  [[1, [2, 3], [4, 5]], '8301820203820405'],
  [
    Array.from({ length: 25 }, (_, at) => at + 1),
    '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
  ],
  [new Map(), 'a0'],
  [members([1, 2], [3, 4]), 'a201020304'],
  [members(['a', 1], ['b', [2, 3]]), 'a26161016162820203'],
  [['a', members(['b', 'c'])], '826161a161626163'],
  [{ tag: 1, value: 1_363_896_240 }, 'c11a514b67b0'],
  [{ tag: 23, value: Uint8Array.of(1, 2, 3, 4) }, 'd74401020304'],
])('%j is encoded as in RFC 8949', (value, expected) => {
  expect(hex(value)).toBe(expected);
});

test('members stand in the order of their encoded keys, whatever order they are given in', () => {
  // the example of RFC 8949 §4.2.1, with the kinds of key that we write
  const keys = [10, 100, -1, 'z', 'aa', 395, -395, ''];
  const [given, turned] = [keys, keys.toReversed()].map((order) =>
    hex(members(...order.map((key): [number | string, Cbor] => [key, 0]))),
  );
  expect(given).toBe(turned);
  expect(given).toBe(
    `a8${['0a', '1864', '19018b', '20', '39018a', '60', '617a', '626161'].map((key) => `${key}00`).join('')}`,
  );
});

test('lengths take the fewest bytes', () => {
  for (const [length, head] of [
    [23, '57'],
    [24, '5818'],
    [255, '58ff'],
    [256, '590100'],
    [65_535, '59ffff'],
    [65_536, '5a00010000'],
  ] as const) {
    expect(hex(new Uint8Array(length)).slice(0, head.length)).toBe(head);
  }
});

test('what has no exact form is refused', () => {
  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 54), '\ud800']) {
    expect(() => encodeCbor(value)).toThrow(RangeError);
  }
});
