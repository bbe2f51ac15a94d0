import { encodeBase64url } from './base64url.ts';
import { type Bytes, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
}

/**
 * The digest of a text as it travels: a JWS or a JWE.
 *
 * Shape   base64url(SHA-256(UTF-8 of the text)), 43 characters
 */
export async function textDigest(text: string): Promise<string> {
  return encodeBase64url(await sha256(utf8(text)));
}

/**
 * The 32 bytes that a passkey signs for a JSON value, and that a commitment hides.
 *
 * Shape   SHA-256(JCS(value))
 * Errors  throws what canonicalJson throws
 */
export async function jsonHash(value: unknown): Promise<Bytes> {
  return sha256(utf8(canonicalJson(value)));
}

/**
 * The digest of a JSON value.
 *
 * Shape   base64url(SHA-256(JCS(value))), 43 characters
 * Errors  throws what canonicalJson throws
 */
export async function jsonDigest(value: unknown): Promise<string> {
  return encodeBase64url(await jsonHash(value));
}
