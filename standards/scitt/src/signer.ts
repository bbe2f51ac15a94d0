import { type KeyObject, sign } from 'node:crypto';
import type { CoseSigner } from './cose-sign1.ts';

/**
 * A signer of a private key as Node holds it; a key of a keyring is one.
 *
 * Source  RFC 9053 §2.1, §2.2
 */
export function signerOf(key: {
  readonly kid: string | Uint8Array;
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
}): CoseSigner {
  const { kid, algorithm, privateKey } = key;
  const byEcdsa = (message: Uint8Array) =>
    sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const byEd25519 = (message: Uint8Array) => sign(null, message, privateKey);
  return { kid, algorithm, sign: algorithm === 'ES256' ? byEcdsa : byEd25519 };
}
