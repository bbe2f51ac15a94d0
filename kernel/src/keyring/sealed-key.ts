import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';

export type KeyAlgorithm = 'ES256' | 'EdDSA';

/** A public signing key as it is published. */
export type PublicJwk = {
  kty: string;
  crv: string;
  x: string;
  y?: string;
  kid: string;
  alg: KeyAlgorithm;
  use: 'sig';
};

export type SealedKey = { kid: string; jwk: PublicJwk; sealed: Buffer };

/** The key that seals the private halves of one purpose of one room. */
export function sealingKey(masterKey: Uint8Array, room: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `praya keyring ${room} ${purpose}`, 32));
}

/** A new key pair; its kid is the thumbprint of RFC 7638. */
export async function makeSealedKey(algorithm: KeyAlgorithm, sealing: Buffer): Promise<SealedKey> {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  if (kty === undefined || crv === undefined || x === undefined)
    throw new Error('A key without a public half');
  const coordinates = y === undefined ? { kty, crv, x } : { kty, crv, x, y };
  const kid = await calculateJwkThumbprint(coordinates);
  const sealed = seal(privateKey.export({ format: 'der', type: 'pkcs8' }), kid, sealing);
  return { kid, jwk: { ...coordinates, kid, alg: algorithm, use: 'sig' }, sealed };
}

/** The private half; throws when it was sealed under another key or for another kid. */
export function openSealedKey(sealed: Uint8Array, kid: string, sealing: Buffer): KeyObject {
  const nonce = sealed.subarray(0, 12);
  const decipher = createDecipheriv('aes-256-gcm', sealing, nonce, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(-16));
  try {
    const der = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Error(`The signing key ${kid} does not open: is this the master key it was sealed under?`, {
      cause,
    });
  }
}

function seal(secret: Buffer, kid: string, sealing: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(kid));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}
