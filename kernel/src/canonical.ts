import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value, so that two parties hash the same bytes.
 *
 * Errors  throws on what JSON cannot carry (undefined at the top, NaN, cycles)
 * Source  RFC 8785
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('This value has no JSON form');
  return text;
}

/** SHA-256 of bytes or of a text's UTF-8 bytes. */
export function sha256(data: Uint8Array | string): Buffer {
  return createHash('sha256').update(data).digest();
}

/** SHA-256 of a text, as unpadded base64url: the digest of a JWS or a JWE as it travels. */
export function textDigest(text: string): string {
  return sha256(text).toString('base64url');
}

/**
 * The digest of a JSON value.
 *
 * Shape   base64url(SHA-256(JCS(value))), 43 characters
 */
export function digest(value: unknown): string {
  return textDigest(canonicalJson(value));
}
