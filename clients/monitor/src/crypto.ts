import { createPublicKey, hash, verify } from 'node:crypto';
import type { CosignatureVerify } from '@praya/tlog/cosignature';
import type { Hasher, HasherInto } from '@praya/tlog/merkle-hash';
import type { Ed25519Verify } from '@praya/tlog/note';

/** SHA-256 by Node. */
export const sha256: Hasher = (bytes) => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

/** Ed25519 and ML-DSA-44 by Node. A key that is none verifies nothing. */
export const verifyCosigned: CosignatureVerify = ({ algorithm, publicKey, message, signature }) => {
  const bytes = Buffer.from(publicKey).toString('base64url');
  const jwk =
    algorithm === 'Ed25519'
      ? { kty: 'OKP', crv: 'Ed25519', x: bytes }
      : { kty: 'AKP', alg: 'ML-DSA-44', pub: bytes };
  try {
    return verify(null, message, createPublicKey({ format: 'jwk', key: jwk }), signature);
  } catch {
    return false;
  }
};

/** Ed25519 as the log signs. */
export const verifySigned: Ed25519Verify = (about) => verifyCosigned({ algorithm: 'Ed25519', ...about });

/** SHA-256 into memory that is there already; a string costs half of what a Buffer does. */
export const hashInto: HasherInto = (bytes, into, at) => {
  const digest = hash('sha256', bytes, 'latin1');
  for (let byte = 0; byte < digest.length; byte += 1) into[at + byte] = digest.charCodeAt(byte);
};
