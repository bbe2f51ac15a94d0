import { encodeCbor } from '@praya/scitt/cbor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborValue, cborBytes, decodeCbor } from './cbor.ts';
import { type TestCbor, testCbor } from './testing/test-cose.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const codeOf = (hex: string, how = {}) => {
  const answer = decodeCbor(bytesOf(hex), how);
  return answer.ok ? 'ok' : answer.refusal.code;
};

describe('an item of RFC 8949, Appendix A', () => {
  it.each<[string, CborValue]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', Uint8Array.of()],
    ['4401020304', Uint8Array.of(1, 2, 3, 4)],
    ['60', ''],
    ['62c3bc', 'ü'],
    ['64f0908591', '𐅑'],
    ['80', []],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      '98190102030405060708090a0b0c0d0e0f101112131415161718181819',
      Array.from({ length: 25 }, (_, n) => n + 1),
    ],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, CborValue>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['c11a514b67b0', { tag: 1, value: 1_363_896_240 }],
    ['d74401020304', { tag: 23, value: Uint8Array.of(1, 2, 3, 4) }],
  ])('%s is read', (hex, value) => {
    expect(decodeCbor(bytesOf(hex))).toEqual({ ok: true, value });
  });
});

describe('what is not written in the one form', () => {
  it.each([
    ['nothing', ''],
    ['something after the item', '0000'],
    ['a number in more bytes than it needs', '1817'],
    ['a number in three bytes that needs two', '190017'],
    ['a number in nine bytes that needs five', '1b00000000000f4240'],
    ['a number past 2^53', '1b0020000000000000'],
    ['a negative number past 2^53', '3b001fffffffffffff'],
    ['a length in more bytes than it needs', '580401020304'],
    ['a string cut off', '44010203'],
    ['a text that is not UTF-8', '62c328'],
    ['an array cut off', '8301'],
    ['bytes of indefinite length', '5f42010243030405ff'],
    ['an array of indefinite length', '9fff'],
    ['a map of indefinite length', 'bfff'],
    ['a float', 'f90000'],
    ['undefined', 'f7'],
    ['another simple value', 'f0'],
    ['a simple value in two bytes', 'f814'],
    ['reserved additional information', '1c'],
    ['a break alone', 'ff'],
    ['a key twice', 'a201020103'],
    ['keys out of order', 'a203040102'],
    ['a text key before a number', 'a26161010102'],
    ['bytes as a key', 'a1410102'],
    ['a map cut off', 'a101'],
    ['a tag over nothing', 'c1'],
  ])('%s is refused', (_, hex) => {
    expect(codeOf(hex)).toBe('cbor.malformed');
  });

  it('is read in any order of keys where that is asked for, but no key twice', () => {
    expect(codeOf('a203040102', { anyOrder: true })).toBe('ok');
    expect(codeOf('a201020103', { anyOrder: true })).toBe('cbor.malformed');
  });

  it('is refused when it is too deep or too long', () => {
    expect(codeOf(`${'81'.repeat(16)}00`)).toBe('ok');
    expect(codeOf(`${'81'.repeat(17)}00`)).toBe('cbor.malformed');
    expect(codeOf('81'.repeat(100_000))).toBe('cbor.malformed');
    expect(codeOf('4401020304', { maxLength: 4 })).toBe('cbor.too-large');
    expect(codeOf('9b001fffffffffffff')).toBe('cbor.malformed');
  });
});

const values: fc.Arbitrary<TestCbor> = fc.letrec<{ value: TestCbor }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 6 },
    fc.maxSafeInteger(),
    fc.string(),
    fc.uint8Array({ maxLength: 400 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.integer(), fc.string()), tie('value')), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .map((members) => new Map(members)),
    fc.record({ tag: fc.nat(), value: tie('value') }),
  ),
})).value;

describe('every value', () => {
  it('that our own writer writes is read back as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeCbor(Uint8Array.from(encodeCbor(value)))).toEqual({ ok: true, value });
      }),
    );
  });

  it('that is read has exactly the bytes that our own writer gives it', () => {
    const heads = fc.constantFrom(
      0x00,
      0x18,
      0x20,
      0x41,
      0x61,
      0x82,
      0xa1,
      0xa2,
      0xc1,
      0xd2,
      0xf6,
      0x19,
      0x58,
    );
    const items = fc.array(fc.oneof(heads, fc.nat({ max: 255 })), { maxLength: 12 });
    let read = 0;
    fc.assert(
      fc.property(items, (item) => {
        const bytes = Uint8Array.from(item);
        const answer = decodeCbor(bytes);
        if (!answer.ok || JSON.stringify(answer.value)?.match(/true|false/)) return;
        read += 1;
        expect(Array.from(encodeCbor(answer.value as TestCbor))).toEqual(item);
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it('as bytes stands behind its length', () => {
    for (const length of [0, 23, 24, 255, 256, 65_535, 65_536]) {
      const bytes = new Uint8Array(length).fill(7);
      expect(decodeCbor(cborBytes(bytes))).toEqual({ ok: true, value: bytes });
      expect(cborBytes(bytes)).toEqual(testCbor(bytes));
    }
  });
});
