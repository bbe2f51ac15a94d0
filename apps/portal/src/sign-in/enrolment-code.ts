const LENGTH = 12;
const GROUP = 4;
// Crockford base32 has no I, L, O, U: who types them means 1, 1, 0; U is simply not one of ours.
const MEANT: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/** The code as typed or pasted, brought to three groups of four: `7K3M-Q9TD-0XVA`. */
export function formatEnrolmentCode(typed: string): string {
  const letters = [...typed.toUpperCase()]
    .map((letter) => MEANT[letter] ?? letter)
    .filter((letter) => /[0-9A-HJKMNP-TV-Z]/.test(letter))
    .slice(0, LENGTH)
    .join('');
  return (letters.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? []).join('-');
}

export function isWholeEnrolmentCode(code: string): boolean {
  return code.replaceAll('-', '').length === LENGTH;
}
