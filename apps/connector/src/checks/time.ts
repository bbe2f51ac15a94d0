const CLOCKS_DIFFER_SECONDS = 30;

/** Whether a signed statement is neither old, nor of the future, nor made to live too long. Units: seconds. */
export function isInTime(
  claims: { readonly iat: number; readonly exp: number },
  about: { readonly now: Date; readonly lifeSeconds: number },
): boolean {
  const now = about.now.getTime() / 1000;
  return (
    claims.iat <= now + CLOCKS_DIFFER_SECONDS &&
    now < claims.exp &&
    claims.exp <= claims.iat + about.lifeSeconds
  );
}
