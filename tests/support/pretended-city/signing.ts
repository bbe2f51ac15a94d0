import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';

export type SigningKey = { readonly kid: string; readonly publicJwk: JWK; readonly privateKey: CryptoKey };

/** A key for a pretended party. */
export async function newKey(kid: string, algorithm: 'ES256' | 'EdDSA' | 'ECDH-ES'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, {
    extractable: true,
    crv: algorithm === 'EdDSA' ? 'Ed25519' : 'P-256',
  });
  return { kid, publicJwk: { ...(await exportJWK(publicKey)), kid }, privateKey };
}

export function signJws(
  payload: object,
  by: { key: SigningKey; typ: string; alg?: string },
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: by.alg ?? 'ES256', kid: by.key.kid, typ: by.typ })
    .sign(by.key.privateKey);
}

export function sealJwe(payload: object, to: { key: JWK; kid: string; typ: string }): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: to.kid, typ: to.typ })
    .encrypt(to.key);
}
