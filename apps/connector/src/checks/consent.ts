import { Assertion, ConsentDocument } from '@praya/consent/contract';
import { canonicalJson, digest, sha256 } from '@praya/kernel/canonical';
import { claimedKeyId, claimedPayload, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { verifyAssertion } from '@praya/verifier/webauthn';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ConnectorRefusal } from '../refusals.ts';
import { issuerKey, type TrustList } from '../trust/list.ts';
import type { ExchangeRelay } from './relay.ts';
import type { CheckedRequest } from './request.ts';

const Payload = Type.Object({ consent: ConsentDocument, assertion: Assertion });

/** A consent that both the city and the citizen signed. */
export type CheckedConsent = {
  readonly document: ConsentDocument;
  readonly digest: string;
  /** The thumbprint of the passkey that signed; the sealed subject says whose it is. */
  readonly passkey: string;
};

/** The token is the city's, the assertion is the citizen's over exactly this document. */
export async function checkConsentToken(
  trust: TrustList,
  token: string,
): Promise<Result<CheckedConsent, ConnectorRefusal>> {
  const claimed = claimedPayload(token);
  if (!Value.Check(Payload, claimed)) return refuse('connector.consent-signature', { detail: 'malformed' });
  const at = new Date(claimed.consent.notBefore);
  const jwk = issuerKey(trust, { purpose: 'consent', kid: claimedKeyId(token), at });
  if (jwk === undefined) return refuse('connector.consent-signature', { detail: 'key' });
  const payload = await verifyJws(token, { typ: 'praya-consent+jws', jwk });
  if (!Value.Check(Payload, payload)) return refuse('connector.consent-signature');
  const { consent: document, assertion } = payload;
  if (document.issuer !== trust.issuer) return refuse('connector.consent-binding', { detail: 'issuer' });
  const challenge = sha256(canonicalJson(document));
  const verified = await verifyAssertion(assertion, { challenge, rp: trust.rp });
  if (!verified.ok) return refuse('connector.consent-assertion', { detail: verified.refusal.code });
  return ok({ document, digest: digest(document), passkey: verified.value.thumbprint });
}

/** The consent is the one that the relay and the request speak of, and it is for this consumer, now. */
export function checkConsentFits(
  consent: CheckedConsent,
  about: { readonly relay: ExchangeRelay; readonly request: CheckedRequest; readonly now: Date },
): Result<CheckedConsent, ConnectorRefusal> {
  const { document } = consent;
  const { relay, request, now } = about;
  if (consent.digest !== relay.consent_digest || document.id !== request.consent_id)
    return refuse('connector.consent-binding');
  const { recipient } = document;
  if (recipient.client !== request.iss || recipient.organisation !== request.consumer.id)
    return refuse('connector.consent-recipient');
  if (now.getTime() < Date.parse(document.notBefore)) return refuse('connector.consent-not-yet');
  if (now.getTime() >= Date.parse(document.expiresAt)) return refuse('connector.consent-expired');
  if (relay.count > document.frequency.max) return refuse('connector.frequency-exceeded');
  return ok(consent);
}
