import { seededPermutation } from './random.ts';

/** No prefix that was ever listed as issued begins with Q, so no person holds one of these. See the README. */
export const SYNTHETIC_PREFIX = 'QZ';

const PRINTED = /^([A-Z]{1,2})([0-9]{6})\(([0-9A])\)$/;
const TYPED = /^([A-Z]{1,2})([0-9]{6})\(?([0-9A])\)?$/;
const SPACE = 36;

function digitValue(character: string): number {
  return character === ' ' ? SPACE : Number.parseInt(character, 36);
}

/** The check digit (`0` to `9`, or `A` for ten) of a prefix of one or two letters and six digits. */
export function checkDigit(prefixAndDigits: string): string {
  if (!/^[A-Z]{1,2}[0-9]{6}$/.test(prefixAndDigits)) {
    throw new TypeError('An identity card number is one or two letters and six digits');
  }
  const sum = [...prefixAndDigits.padStart(8, ' ')].reduce(
    (total, character, position) => total + digitValue(character) * (9 - position),
    0,
  );
  return ((11 - (sum % 11)) % 11).toString(11).toUpperCase();
}

/** As printed on the card: `A123456(3)`. */
export function printedIdentityNumber(prefixAndDigits: string): string {
  return `${prefixAndDigits}(${checkDigit(prefixAndDigits)})`;
}

/** What a person typed, as printed on the card; null when it is not a number or its check digit is wrong. */
export function readIdentityNumber(text: string): string | null {
  const [, prefix, digits, check] = TYPED.exec(text.replaceAll(/\s/g, '').toUpperCase()) ?? [];
  if (prefix === undefined || digits === undefined) return null;
  return checkDigit(prefix + digits) === check ? `${prefix}${digits}(${check})` : null;
}

/** True for a well-printed number of the range that no person can hold. */
export function isSyntheticIdentityNumber(printed: string): boolean {
  return PRINTED.exec(printed)?.[1] === SYNTHETIC_PREFIX && readIdentityNumber(printed) === printed;
}

/** Numbers residents from 0 to 999,999; two of one seed never share a number. */
export function syntheticIdentityNumbers(seed: string): (index: number) => string {
  const serial = seededPermutation(`${seed}/identity-number`, 6);
  return (index) => printedIdentityNumber(SYNTHETIC_PREFIX + String(serial(index)).padStart(6, '0'));
}
