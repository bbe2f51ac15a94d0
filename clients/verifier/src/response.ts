import { type Checked, proven, unproven } from './checked.ts';
import { type NamedConsent, serviceOf } from './consent-document.ts';
import { textDigest } from './digest.ts';
import { requestIsFreshAt, type VerifiedRequest } from './request.ts';
import { count, digestText, type JsonObject, list, members, optional, type Shaped, text } from './shape.ts';
import { issuedAt, type TrustList, verifyByOrganisation } from './trust-list.ts';

const isResponseClaims = members({
  iss: text(100),
  aud: optional(text(1000)),
  act: text(100),
  consent: optional(text(100)),
  consent_digest: optional(digestText),
  service: text(200),
  request_digest: optional(digestText),
  subject_digest: digestText,
  fields: list(text(200), 500),
  schema_digest: optional(text(200)),
  payload_digest: digestText,
  iat: count,
});
export type ResponseClaims = Shaped<typeof isResponseClaims>;

/** A response that its provider signed, and the digest by which the act names it. */
export type VerifiedResponse = { readonly claims: ResponseClaims; readonly digest: string };

/** A response to a consumer, or a preview for the citizen herself. */
export type ResponseTyp = 'praya-data-response+jws' | 'praya-preview-response+jws';

/**
 * Checks that the provider which the response names signed it.
 *
 * Shape   by a signing key of the provider that counted at `iat`
 * Errors  those of verifyByOrganisation, response.malformed
 */
export async function verifyResponse(
  response: unknown,
  expected: { readonly trust: TrustList; readonly typ: ResponseTyp; readonly provider: string },
): Promise<Checked<VerifiedResponse>> {
  const verified = await verifyByOrganisation(response, {
    trust: expected.trust,
    typ: expected.typ,
    organisation: expected.provider,
    instants: issuedAt,
  });
  if (!verified.ok) return verified;
  const claims = verified.value.payload;
  if (!isResponseClaims(claims)) return unproven('response.malformed');
  if (claims.iss !== expected.provider) return unproven('response.provider-wrong');
  return proven({ claims, digest: await textDigest(String(response)) });
}

/**
 * Checks that a response answers exactly this request under exactly this consent: same act, provider, consumer,
 * consent, service, request and subject, in the request's time, and the consented fields, no more and no fewer.
 *
 * Errors  response.*-wrong
 */
export async function responseAnswers(
  claims: ResponseClaims,
  to: { readonly act: string; readonly consent: NamedConsent; readonly request: VerifiedRequest },
): Promise<Checked<null>> {
  const { document, digest } = to.consent;
  const service = serviceOf(document, claims.service);
  if (service === null || claims.service !== to.request.claims.service)
    return unproven('response.service-wrong');
  if (claims.act !== to.act) return unproven('response.act-wrong');
  if (claims.iss !== service.provider) return unproven('response.provider-wrong');
  if (claims.aud !== document.recipient.client) return unproven('response.audience-wrong');
  if (claims.consent !== document.id || claims.consent_digest !== digest) {
    return unproven('response.consent-wrong');
  }
  if (claims.request_digest !== to.request.digest) return unproven('response.request-wrong');
  // Else whoever holds a revoked key could date an answer to when the key still counted.
  const inTime = requestIsFreshAt(to.request.claims, new Date(claims.iat * 1000));
  if (!inTime) return unproven('response.out-of-time');
  if (claims.subject_digest !== (await textDigest(service.subject)))
    return unproven('response.subject-wrong');
  return sameNames(claims.fields, service.fields) ? proven(null) : unproven('response.fields-wrong');
}

/**
 * Checks that the sealed payload is the one that the provider signed for.
 *
 * Errors  response.payload-wrong
 */
export async function payloadMatches(claims: ResponseClaims, payload: string): Promise<Checked<null>> {
  const same = claims.payload_digest === (await textDigest(payload));
  return same ? proven(null) : unproven('response.payload-wrong');
}

/**
 * Checks that opened values are exactly the fields of the response. A consumer refuses everything else.
 *
 * Errors  response.fields-wrong
 */
export function valuesMatch(claims: ResponseClaims, values: JsonObject): Checked<null> {
  return sameNames(Object.keys(values), claims.fields) ? proven(null) : unproven('response.fields-wrong');
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const names = new Set(one);
  return (
    names.size === one.length && other.every((name) => names.has(name)) && new Set(other).size === names.size
  );
}
