import type { Organisation } from '@praya/directory/contract';

/** The type of our authorization_details (RFC 9396 §2). */
export const DETAIL_TYPE = 'praya_consented_data';

/** All that a program's own token is for. */
export const PROGRAM_SCOPE = 'notary';

/** How far another machine's clock may be ahead of ours. */
export const SKEW_SECONDS = 5;
const ASSERTION_LIFE_SECONDS = 120;
const PROOF_LIFE_SECONDS = 300;

type Claims = Readonly<Record<string, unknown>>;

/** What is wrong with the claims of a client assertion whose signature holds; undefined where nothing is. */
export function assertionFault(
  claims: Claims,
  about: { issuer: string; now: Date; epoch: { startedAt: Date; first: boolean } },
): string | undefined {
  const { aud, iat, exp } = claims;
  const now = about.now.getTime() / 1000;
  if (aud !== about.issuer) return 'aud must be the issuer identifier, as a single string';
  if (typeof iat !== 'number' || typeof exp !== 'number') return 'iat and exp must be given';
  if (iat > now + SKEW_SECONDS) return 'iat lies in the future';
  if (exp - iat > ASSERTION_LIFE_SECONDS) return `exp must be at most ${ASSERTION_LIFE_SECONDS} s after iat`;
  if (exp <= now - SKEW_SECONDS) return 'expired';
  if (!about.epoch.first && iat <= about.epoch.startedAt.getTime() / 1000 + SKEW_SECONDS)
    return 'made before what was used once was forgotten; make a new one';
  return undefined;
}

/** What is wrong with the claims of a DPoP proof (RFC 9449 §4.3) at a resource of ours. */
export function proofFault(
  claims: Claims,
  about: { method: string; url: string; tokenHash: string; now: Date },
): string | undefined {
  const { htm, htu, ath, jti, iat } = claims;
  if (htm !== about.method) return 'htm';
  if (typeof htu !== 'string' || withoutQuery(htu) !== withoutQuery(about.url)) return 'htu';
  if (ath !== about.tokenHash) return 'ath';
  if (typeof jti !== 'string' || jti === '' || jti.length > 200) return 'jti';
  if (typeof iat !== 'number' || Math.abs(iat - about.now.getTime() / 1000) > PROOF_LIFE_SECONDS)
    return 'iat';
  return undefined;
}

function withoutQuery(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  parsed.search = '';
  parsed.hash = '';
  return parsed.href;
}

/** True where a detail lets the client come back: only then does it need a refresh token. */
export function isRepeated(detail: Claims): boolean {
  const frequency = detail.frequency as { max?: unknown; per?: unknown } | undefined;
  return frequency !== undefined && (frequency.per !== 'total' || Number(frequency.max) > 1);
}

/** Seconds until the last of these details ends, at least one. */
export function lifeOfDetails(details: readonly Claims[], now: Date): number {
  const ends = details.map((detail) => Date.parse(String(detail.expires_at))).filter(Number.isFinite);
  return Math.max(1, Math.floor((Math.max(0, ...ends) - now.getTime()) / 1000));
}

const CROCKFORD = /^[0-9A-HJKMNP-TV-Z]{12}$/;

/** The code as the register knows it: twelve characters in three groups; undefined where it cannot be one. */
export function normalCode(text: string): string | undefined {
  const code = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CROCKFORD.test(code) ? (code.match(/.{4}/g)?.join('-') ?? undefined) : undefined;
}

/** The keys of an organisation that count for a use at an instant. */
export function keysInForce(
  keys: Organisation['keys'],
  about: { use: 'sig' | 'enc'; at: Date },
): Organisation['keys'] {
  const at = about.at.getTime();
  return keys.filter(
    ({ use, validFrom, validUntil, revokedAt }) =>
      use === about.use &&
      Date.parse(validFrom) <= at &&
      at < Date.parse(validUntil) &&
      (revokedAt === null || at < Date.parse(revokedAt)),
  );
}
