import { createHmac, randomInt } from 'node:crypto';
import type { SecretKey } from '../keys.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
const LOCATOR_LENGTH = 4;
const LOOKS_LIKE: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** A new enrolment code: twelve characters of Crockford's base 32, 60 random bits. */
export function newCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
}

/** As it is printed: `7K3M-Q9TX-2BHW`. */
export function printedCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** What a person typed, as the code is kept; undefined where it cannot be one. Source: Crockford's base 32, decoding */
export function readCode(typed: string): string | undefined {
  const code = typed
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll(/[OIL]/g, (letter) => LOOKS_LIKE[letter] ?? letter);
  const known = code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter));
  return known ? code : undefined;
}

/** The part of a code by which its row is found; guessing it gives no more than five attempts at the rest. */
export function locatorOf(code: string): string {
  return code.slice(0, LOCATOR_LENGTH);
}

/** The keyed hash under which a code is kept. */
export function hashOfCode(key: SecretKey, about: { readonly salt: string; readonly code: string }): string {
  return createHmac('sha256', key.secret).update(`${about.salt}.${about.code}`).digest('base64url');
}
