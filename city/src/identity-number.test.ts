import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkDigit,
  isSyntheticIdentityNumber,
  printedIdentityNumber,
  readIdentityNumber,
  syntheticIdentityNumbers,
} from './identity-number.ts';

const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const digits = fc.integer({ min: 0, max: 999_999 }).map((serial) => String(serial).padStart(6, '0'));
const prefix = fc.oneof(
  letter,
  fc.tuple(letter, letter).map(([first, second]) => first + second),
);
const body = fc.tuple(prefix, digits).map(([letters, serial]) => letters + serial);

test.each([
  ['A123456', '3'],
  ['G123456', 'A'],
  ['K123456', '0'],
  ['AB987654', '3'],
])('the check digit of the published example %s is %s', (number, expected) => {
  expect(checkDigit(number)).toBe(expected);
});

test('the weighted sum with its check digit is divisible by eleven', () => {
  fc.assert(
    fc.property(body, (number) => {
      const characters = [...number.padStart(8, ' '), checkDigit(number)];
      const sum = characters.reduce((total, character, position) => {
        const value = character === ' ' ? 36 : Number.parseInt(character, 36);
        return total + value * (9 - position);
      }, 0);
      expect(sum % 11).toBe(0);
    }),
  );
});

test('changing one digit is always noticed', () => {
  fc.assert(
    fc.property(body, fc.nat(5), fc.integer({ min: 1, max: 9 }), (number, place, change) => {
      const position = number.length - 6 + place;
      const changed = (Number(number[position]) + change) % 10;
      const other = number.slice(0, position) + changed + number.slice(position + 1);
      expect(checkDigit(other)).not.toBe(checkDigit(number));
    }),
  );
});

test('swapping two neighbouring digits is always noticed', () => {
  fc.assert(
    fc.property(body, fc.nat(4), (number, place) => {
      const position = number.length - 6 + place;
      const [first, second] = [number[position], number[position + 1]];
      fc.pre(first !== second);
      const other = `${number.slice(0, position)}${second}${first}${number.slice(position + 2)}`;
      expect(checkDigit(other)).not.toBe(checkDigit(number));
    }),
  );
});

test('a number is read however a person types it', () => {
  fc.assert(
    fc.property(body, (number) => {
      const printed = printedIdentityNumber(number);
      expect(readIdentityNumber(printed)).toBe(printed);
      expect(readIdentityNumber(` ${printed.toLowerCase().replaceAll(/[()]/g, ' ')} `)).toBe(printed);
    }),
  );
});

test.each(['', 'A123456', 'A123456(4)', 'ABC123456(1)', 'A12345(6)', '1234567(8)'])(
  '%j is not read as a number',
  (text) => {
    expect(readIdentityNumber(text)).toBeNull();
  },
);

test('a synthetic number is of the range that nobody holds, and its check digit is right', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(999_999), (seed, index) => {
      const number = syntheticIdentityNumbers(seed)(index);
      expect(number).toMatch(/^QZ[0-9]{6}\([0-9A]\)$/);
      expect(isSyntheticIdentityNumber(number)).toBe(true);
    }),
  );
});

test('the number of a real range is not synthetic', () => {
  expect(isSyntheticIdentityNumber('A123456(3)')).toBe(false);
});
