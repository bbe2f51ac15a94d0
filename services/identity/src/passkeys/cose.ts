import { cose, decodeCredentialPublicKey, isoBase64URL, isoCBOR } from '@simplewebauthn/server/helpers';

const COSE = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;

/** The algorithms a passkey may sign with: ES256, EdDSA, RS256. */
export const PASSKEY_ALGORITHMS = [-7, -8, -257];

/** A passkey's public key as a JWK; undefined for a kind we do not take. */
export function jwkOfCose(bytes: Uint8Array<ArrayBuffer>): Record<string, string> | undefined {
  const key = decodeCredentialPublicKey(bytes);
  if (cose.isCOSEPublicKeyEC2(key)) {
    const [x, y] = [key.get(cose.COSEKEYS.x), key.get(cose.COSEKEYS.y)];
    if (key.get(cose.COSEKEYS.crv) !== cose.COSECRV.P256 || x === undefined || y === undefined)
      return undefined;
    return { kty: 'EC', crv: 'P-256', x: isoBase64URL.fromBuffer(x), y: isoBase64URL.fromBuffer(y) };
  }
  if (cose.isCOSEPublicKeyOKP(key)) {
    const x = key.get(cose.COSEKEYS.x);
    if (key.get(cose.COSEKEYS.crv) !== cose.COSECRV.ED25519 || x === undefined) return undefined;
    return { kty: 'OKP', crv: 'Ed25519', x: isoBase64URL.fromBuffer(x) };
  }
  if (cose.isCOSEPublicKeyRSA(key)) {
    const [n, e] = [key.get(cose.COSEKEYS.n), key.get(cose.COSEKEYS.e)];
    if (n === undefined || e === undefined) return undefined;
    return { kty: 'RSA', n: isoBase64URL.fromBuffer(n), e: isoBase64URL.fromBuffer(e) };
  }
  return undefined;
}

/** The COSE form of an ES256 key on P-256: how a key that comes as a JWK is written down. */
export function coseOfJwk(jwk: { x: string; y: string }): Uint8Array<ArrayBuffer> {
  return isoCBOR.encode(
    new Map<number, number | Uint8Array<ArrayBuffer>>([
      [COSE.kty, 2],
      [COSE.alg, -7],
      [COSE.crv, 1],
      [COSE.x, isoBase64URL.toBuffer(jwk.x)],
      [COSE.y, isoBase64URL.toBuffer(jwk.y)],
    ]),
  );
}
