/** A Hong Kong identity card number as an officer types it, brought to the card's own form: `QZ123456(7)`. */
export function normaliseIdentityNumber(typed: string): string {
  const text = typed.toUpperCase().replaceAll(/[\s()（）]/g, '');
  return `${text.slice(0, -1)}(${text.slice(-1)})`;
}

/** One or two letters, six digits, a check character. Whether such a card exists, only the register knows. */
export function isIdentityNumberShape(typed: string): boolean {
  return /^[A-Z]{1,2}\d{6}\([0-9A]\)$/.test(normaliseIdentityNumber(typed));
}
