const CODE = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * The code that somebody typed, or the end of the address that she pasted; null where it can be none.
 *
 * Shape   26 of Crockford's base32 in capitals; O reads as 0, I and L as 1
 */
export function normaliseCode(typed: string): string | null {
  const last = typed.trim().replace(/\/+$/, '').split('/').at(-1) ?? '';
  const code = last.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CODE.test(code) ? code : null;
}

/** A code in groups, to be read aloud. */
export function groupedCode(code: string): string {
  return `${code.slice(0, 6)} ${code.slice(6).match(/.{5}/g)?.join(' ') ?? ''}`.trim();
}
