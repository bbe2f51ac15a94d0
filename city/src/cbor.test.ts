import { expect, test } from 'vitest';
import { type Cbor, encodeCbor } from './cbor.ts';

const hex = (value: Cbor) => Buffer.from(encodeCbor(value)).toString('hex');

// RFC 8949, Appendix A
test.each<[Cbor, string]>([
  [0, '00'],
  [23, '17'],
  [24, '1818'],
  [100, '1864'],
  [1000, '1903e8'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1000, '3903e7'],
  [Uint8Array.of(), '40'],
  [Uint8Array.of(1, 2, 3, 4), '4401020304'],
  ['', '60'],
  ['IETF', '6449455446'],
  ['水', '63e6b0b4'],
  [new Map(), 'a0'],
  [
    new Map<number, Cbor>([
      [1, 2],
      [3, 4],
    ]),
    'a201020304',
  ],
])('%j is encoded as in RFC 8949', (value, expected) => {
  expect(hex(value)).toBe(expected);
});

test('a string of 300 bytes carries its length in two', () => {
  expect(hex('a'.repeat(300)).slice(0, 6)).toBe('79012c');
});

test('an argument past sixteen bits is refused', () => {
  expect(() => encodeCbor(65_536)).toThrow(RangeError);
});
