/**
 * The closed list of what a check can find wrong. The checks of a receipt name themselves; these are their reasons.
 */
export const VERIFIER_CODES = [
  'jws.malformed',
  'jws.too-large',
  'jws.header-unsupported',
  'jws.typ-wrong',
  'jws.alg-wrong',
  'jws.key-unknown',
  'jws.signature-wrong',
  'webauthn.malformed',
  'webauthn.type-wrong',
  'webauthn.challenge-wrong',
  'webauthn.origin-wrong',
  'webauthn.rp-wrong',
  'webauthn.user-not-present',
  'webauthn.user-not-verified',
  'webauthn.signature-wrong',
  'merkle.size-invalid',
  'merkle.index-out-of-range',
  'merkle.hash-length',
  'merkle.proof-length',
  'merkle.root-mismatch',
  'note.malformed',
  'note.too-large',
  'note.key-malformed',
  'note.signature-missing',
  'note.signature-wrong',
  'note.checkpoint-malformed',
  'note.origin-wrong',
  'note.cosignature-wrong',
  'policy.malformed',
  'policy.too-large',
  'proof.malformed',
  'proof.too-large',
  'proof.extra-unexpected',
  'proof.entry-missing',
  'cbor.malformed',
  'cbor.too-large',
  'cose.malformed',
  'cose.header-unsupported',
  'cose.payload-wrong',
  'cose.key-unknown',
  'cose.alg-wrong',
  'cose.signature-wrong',
  'cose.structure-unsupported',
  'cose.proof-malformed',
  'statement.malformed',
  'trust.malformed',
  'trust.expired',
  'trust.instant-missing',
  'trust.key-unknown',
  'trust.key-not-valid-then',
  'trust.organisation-unknown',
  'trust.client-unknown',
  'consent.malformed',
  'consent.issuer-wrong',
  'consent.state-malformed',
  'consent.chain-broken',
  'consent.transition-wrong',
  'consent.not-active',
  'request.malformed',
  'request.consumer-wrong',
  'request.audience-wrong',
  'request.consent-wrong',
  'request.service-wrong',
  'request.life-wrong',
  'request.out-of-time',
  'response.malformed',
  'response.provider-wrong',
  'response.act-wrong',
  'response.audience-wrong',
  'response.consent-wrong',
  'response.service-wrong',
  'response.request-wrong',
  'response.out-of-time',
  'response.subject-wrong',
  'response.fields-wrong',
  'response.payload-wrong',
  'receipt.malformed',
  'receipt.act-malformed',
  'receipt.salt-malformed',
  'receipt.digest-wrong',
  'receipt.piece-unexpected',
  'receipt.not-witnessed',
  'notarisation.malformed',
  'notarisation.claims-wrong',
  'notarisation.chain-broken',
  'notarisation.transition-wrong',
  'notarisation.digest-wrong',
  'verifier.fault',
] as const;
export type VerifierCode = (typeof VERIFIER_CODES)[number];

/**
 * What a check answers: the checked value, or the reason why there is none.
 *
 * Shape   that of the kernel's Result, so a connector can pass it on as it is
 */
export type Checked<T> = { readonly ok: true; readonly value: T } | Unproven;

/** The answer of a check that failed. */
export type Unproven = { readonly ok: false; readonly refusal: { readonly code: VerifierCode } };

/** The answer of a check that held. */
export function proven<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The answer of a check that failed, with its reason. */
export function unproven(code: VerifierCode): Unproven {
  return { ok: false, refusal: { code } };
}
