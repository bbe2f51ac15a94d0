const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 26;

/**
 * The code of a check, from 16 random bytes.
 *
 * Shape   26 letters of Crockford's base32, the last two bits zero
 */
export function codeOf(random: Uint8Array): string {
  let rest = random.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n) << 2n;
  const letters = Array.from({ length: LENGTH }, () => {
    const letter = ALPHABET[Number(rest & 31n)] ?? '';
    rest >>= 5n;
    return letter;
  });
  return letters.reverse().join('');
}

/** The code that somebody typed: case, spaces and hyphens do not matter, and what looks alike is the same. */
export function readCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return code.length === LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined;
}
