import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Bytes } from './bytes.ts';

/**
 * Base64url without padding.
 *
 * Source  RFC 4648 §5, RFC 7515 §2
 */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes of a base64url text; null unless it is the one canonical encoding of them. */
export function decodeBase64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const padding = '='.repeat((4 - (text.length % 4)) % 4);
  return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/') + padding);
}
