import { type Checked, proven, unproven } from './checked.ts';
import { type ConsentDocument, isConsentDocument, type NamedConsent } from './consent-document.ts';
import {
  type ConsentRevision,
  type ConsentState,
  consentStateAt,
  verifyStateChain,
} from './consent-state.ts';
import { jsonDigest, jsonHash } from './digest.ts';
import { isObject, type JsonObject } from './shape.ts';
import { type TrustList, verifyByIssuer } from './trust-list.ts';
import { type VerifiedAssertion, verifyAssertion } from './webauthn.ts';

/** A consent token that the platform signed; the citizen's assertion in it is not checked yet. */
export type OpenedConsent = NamedConsent & { readonly assertion: unknown };

/** A consent that platform and citizen signed, and what became of it. */
export type VerifiedConsent = NamedConsent & {
  readonly citizen: VerifiedAssertion;
  readonly revisions: readonly ConsentRevision[];
  /** what it allows at an instant */
  readonly stateAt: (at: Date) => ConsentState;
};

/** How long after the document was made she may still sign it; the platform's key may change meanwhile. */
const SIGNING_MINUTES = 15;

/**
 * Checks the platform's signature on a consent token and reads the document.
 *
 * Shape   JWS typ `praya-consent+jws` by a consent key that counted when the consent was made
 * Errors  those of verifyByIssuer, consent.malformed, consent.issuer-wrong
 */
export async function openConsentToken(token: unknown, trust: TrustList): Promise<Checked<OpenedConsent>> {
  const verified = await verifyByIssuer(token, {
    trust,
    typ: 'praya-consent+jws',
    purpose: 'consent',
    instants: consentInstants,
  });
  if (!verified.ok) return verified;
  const { consent: document, assertion } = verified.value.payload;
  if (!isConsentDocument(document) || !isOrderly(document)) return unproven('consent.malformed');
  if (document.issuer !== trust.issuer) return unproven('consent.issuer-wrong');
  return proven({ document, digest: await jsonDigest(document), assertion });
}

/**
 * Checks that a passkey signed the document itself. Whose passkey it is, the provider sees in the sealed subject.
 *
 * Shape   challenge = SHA-256(JCS(document))
 * Errors  webauthn.*
 */
export async function verifyCitizenSignature(
  consent: OpenedConsent,
  trust: TrustList,
): Promise<Checked<VerifiedAssertion>> {
  return verifyAssertion(consent.assertion, { challenge: await jsonHash(consent.document), rp: trust.rp });
}

/**
 * Checks a consent wholly: the platform's signature, the citizen's, and the chain of later revisions.
 *
 * Errors  those of openConsentToken, verifyCitizenSignature and verifyStateChain
 */
export async function verifyConsent(
  evidence: { readonly token: unknown; readonly states: unknown },
  trust: TrustList,
): Promise<Checked<VerifiedConsent>> {
  const opened = await openConsentToken(evidence.token, trust);
  if (!opened.ok) return opened;
  const citizen = await verifyCitizenSignature(opened.value, trust);
  if (!citizen.ok) return citizen;
  const chain = await verifyStateChain(opened.value, evidence.states, trust);
  if (!chain.ok) return chain;
  const { document, digest } = opened.value;
  const revisions = chain.value;
  const stateAt = (at: Date) => consentStateAt(document, revisions, at);
  return proven({ document, digest, citizen: citizen.value, revisions, stateAt });
}

function consentInstants(payload: JsonObject): readonly Date[] {
  const { consent } = payload;
  if (!isObject(consent) || typeof consent.notBefore !== 'string') return [];
  const made = Date.parse(consent.notBefore);
  return Number.isNaN(made) ? [] : [new Date(made), new Date(made + SIGNING_MINUTES * 60_000)];
}

/** Nothing twice and an end after the beginning: what two readers could take differently is no consent. */
function isOrderly(document: ConsentDocument): boolean {
  const services = document.services.map(({ id }) => id);
  const repeats = (names: readonly string[]) => new Set(names).size !== names.length;
  if (services.length === 0 || repeats(services)) return false;
  if (document.services.some(({ fields }) => repeats(fields))) return false;
  return Date.parse(document.notBefore) < Date.parse(document.expiresAt);
}
