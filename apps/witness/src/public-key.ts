import { createPublicKey, type KeyObject } from 'node:crypto';

/** An Ed25519 key from its 32 bytes; null where they are no key. */
export function ed25519KeyOf(publicKey: Uint8Array): KeyObject | null {
  try {
    const x = Buffer.from(publicKey).toString('base64url');
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  } catch {
    return null;
  }
}
