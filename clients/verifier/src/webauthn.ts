import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type Bytes, concat, sameBytes, textOf, utf8 } from './bytes.ts';
import { type Checked, proven, type Unproven, unproven } from './checked.ts';
import { sha256 } from './digest.ts';
import { isPublicJwk, type PublicJwk, signatureHolds, thumbprint } from './jwk.ts';
import { isObject, type JsonObject, members, type Shaped, text } from './shape.ts';

/** An assertion as it travels: the members are base64url, the public key is a JWK. */
export const isAssertion = members({
  credentialId: text(1400),
  publicKey: isPublicJwk,
  clientDataJSON: text(4000),
  authenticatorData: text(4000),
  signature: text(2000),
});
export type Assertion = Shaped<typeof isAssertion>;

/** Whose assertions count: the relying party's id and the origins of its pages. */
export type RelyingParty = { readonly id: string; readonly origins: readonly string[] };

/** What an assertion proves. `signCount` is a signal only: synced passkeys answer 0. */
export type VerifiedAssertion = {
  readonly publicKey: PublicJwk;
  readonly thumbprint: string;
  readonly origin: string;
  readonly signCount: number;
};

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const AUTHENTICATOR_DATA_LEAST = 37;

/**
 * Checks that a passkey signed these 32 bytes, at an origin of ours, by a user who was present and verified.
 * It does not say whose passkey it is: compare `thumbprint` with what is known of the person.
 *
 * Shape   ES256 signatures in DER, as authenticators make them; Ed25519 and RS256 as they are
 * Errors  webauthn.*
 * Source  WebAuthn Level 3 §7.2 steps 10 to 21
 */
export async function verifyAssertion(
  assertion: unknown,
  expected: { readonly challenge: Uint8Array; readonly rp: RelyingParty },
): Promise<Checked<VerifiedAssertion>> {
  const parts = takeApart(assertion);
  if (parts === null) return unproven('webauthn.malformed');
  const client = checkClientData(parts.clientData, expected);
  if (client !== null) return client;
  const { authenticatorData } = parts;
  const rpIdHash = await sha256(utf8(expected.rp.id));
  if (!sameBytes(rpIdHash, authenticatorData.subarray(0, 32))) return unproven('webauthn.rp-wrong');
  const flags = authenticatorData[32] ?? 0;
  if ((flags & USER_PRESENT) === 0) return unproven('webauthn.user-not-present');
  if ((flags & USER_VERIFIED) === 0) return unproven('webauthn.user-not-verified');
  const message = concat(authenticatorData, await sha256(parts.clientDataBytes));
  const signature = rawSignature(parts.publicKey, parts.signature);
  if (signature === null || !(await signatureHolds(parts.publicKey, { message, signature }))) {
    return unproven('webauthn.signature-wrong');
  }
  return proven({
    publicKey: parts.publicKey,
    thumbprint: await thumbprint(parts.publicKey),
    origin: String(parts.clientData.origin),
    signCount: new DataView(authenticatorData.buffer).getUint32(33),
  });
}

/**
 * The r ‖ s form of an ECDSA signature in DER; null unless it is strict DER of two positive numbers for P-256.
 *
 * Source  WebAuthn Level 3 §6.5.5, RFC 3279 §2.2.3, X.690 §10
 */
export function rawFromDer(der: Uint8Array): Bytes | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = derInteger(der, 2);
  const s = r === null ? null : derInteger(der, r.until);
  if (r === null || s === null || s.until !== der.length) return null;
  const raw = new Uint8Array(64);
  raw.set(r.magnitude, 32 - r.magnitude.length);
  raw.set(s.magnitude, 64 - s.magnitude.length);
  return raw;
}

function derInteger(der: Uint8Array, at: number): { magnitude: Uint8Array; until: number } | null {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length < 1 || length > 33) return null;
  const until = at + 2 + length;
  const bytes = der.subarray(at + 2, until);
  const [first = 0, second = 0] = bytes;
  if (bytes.length !== length || first >= 0x80) return null;
  if (first !== 0) return length > 32 ? null : { magnitude: bytes, until };
  // a leading zero stands only before a byte that would read as negative
  return second >= 0x80 ? { magnitude: bytes.subarray(1), until } : null;
}

function rawSignature(jwk: PublicJwk, signature: Bytes): Bytes | null {
  return jwk.kty === 'EC' ? rawFromDer(signature) : signature;
}

function checkClientData(
  clientData: JsonObject,
  expected: { readonly challenge: Uint8Array; readonly rp: RelyingParty },
): Unproven | null {
  if (clientData.type !== 'webauthn.get') return unproven('webauthn.type-wrong');
  if (clientData.challenge !== encodeBase64url(expected.challenge))
    return unproven('webauthn.challenge-wrong');
  const { origin } = clientData;
  const known = typeof origin === 'string' && expected.rp.origins.includes(origin);
  return known && clientData.crossOrigin !== true ? null : unproven('webauthn.origin-wrong');
}

function takeApart(assertion: unknown) {
  if (!isAssertion(assertion)) return null;
  const clientDataBytes = decodeBase64url(assertion.clientDataJSON);
  const authenticatorData = decodeBase64url(assertion.authenticatorData);
  const signature = decodeBase64url(assertion.signature);
  if (clientDataBytes === null || authenticatorData === null || signature === null) return null;
  const clientData = clientDataOf(clientDataBytes);
  if (clientData === null || authenticatorData.length < AUTHENTICATOR_DATA_LEAST) return null;
  return { publicKey: assertion.publicKey, clientDataBytes, clientData, authenticatorData, signature };
}

function clientDataOf(bytes: Bytes): JsonObject | null {
  const json = textOf(bytes);
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
