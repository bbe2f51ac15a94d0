import { type Checked, proven, unproven } from './checked.ts';
import { type NamedConsent, serviceOf } from './consent-document.ts';
import { textDigest } from './digest.ts';
import { count, members, type Shaped, text } from './shape.ts';
import { issuedAt, organisationOf, type TrustList, verifyByOrganisation } from './trust-list.ts';

const isRequestClaims = members({
  iss: text(300),
  aud: text(1000),
  jti: text(300),
  iat: count,
  exp: count,
  consent_id: text(100),
  service: text(200),
});
export type RequestClaims = Shaped<typeof isRequestClaims>;

/** A request that its consumer signed, and the digest by which relay, response and act name it. */
export type VerifiedRequest = { readonly claims: RequestClaims; readonly digest: string };

const LIFE_SECONDS = 60;
const SKEW_SECONDS = 60;

/**
 * Checks that the recipient of the consent itself asked for this service.
 *
 * Shape   JWS typ `praya-data-request+jws` by a signing key of the recipient that counted at `iat`; exp ≤ iat + 60
 * Errors  those of verifyByOrganisation, trust.client-unknown, request.*
 */
export async function verifyRequest(
  request: unknown,
  consent: NamedConsent,
  trust: TrustList,
): Promise<Checked<VerifiedRequest>> {
  const { recipient } = consent.document;
  const verified = await verifyByOrganisation(request, {
    trust,
    typ: 'praya-data-request+jws',
    organisation: recipient.organisation,
    instants: issuedAt,
  });
  if (!verified.ok) return verified;
  const claims = verified.value.payload;
  if (!isRequestClaims(claims)) return unproven('request.malformed');
  if (claims.iss !== recipient.client) return unproven('request.consumer-wrong');
  const organisation = organisationOf(trust, recipient.organisation);
  if (!organisation?.clients.includes(claims.iss)) return unproven('trust.client-unknown');
  if (claims.aud !== `${trust.issuer}/exchange/v1`) return unproven('request.audience-wrong');
  if (claims.consent_id !== consent.document.id) return unproven('request.consent-wrong');
  if (serviceOf(consent.document, claims.service) === null) return unproven('request.service-wrong');
  const life = claims.exp - claims.iat;
  if (life <= 0 || life > LIFE_SECONDS) return unproven('request.life-wrong');
  return proven({ claims, digest: await textDigest(String(request)) });
}

/** Whether a request was fresh at an instant, with a minute for clocks that differ. */
export function requestIsFreshAt(claims: RequestClaims, at: Date): boolean {
  const seconds = at.getTime() / 1000;
  return claims.iat - SKEW_SECONDS <= seconds && seconds <= claims.exp + SKEW_SECONDS;
}
