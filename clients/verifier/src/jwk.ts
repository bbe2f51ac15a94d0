import { decodeBase64url } from './base64url.ts';
import type { Bytes } from './bytes.ts';
import { textDigest } from './digest.ts';
import { isObject } from './shape.ts';

/** A public key that can check a signature. Other members of the key are let through and not read. */
export type PublicJwk =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string };

/** The signature algorithms that we check; the key alone decides which. Source: RFC 7518 §3.1, RFC 8037 §3.1 */
export type SignatureAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

const RSA_MODULUS_BYTES = { least: 256, most: 512 };

/**
 * Whether this is a public key that we can use: P-256, Ed25519, or RSA of 2048 to 4096 bits; without private members.
 *
 * Source  RFC 7517, RFC 7518 §6, RFC 8037 §2
 */
export function isPublicJwk(value: unknown): value is PublicJwk {
  if (!isObject(value) || Object.hasOwn(value, 'd') || Object.hasOwn(value, 'k')) return false;
  if (value.kty === 'EC') return value.crv === 'P-256' && isOf(value.x, 32) && isOf(value.y, 32);
  if (value.kty === 'OKP') return value.crv === 'Ed25519' && isOf(value.x, 32);
  if (value.kty !== 'RSA') return false;
  const modulus = bytesOf(value.n);
  const exponent = bytesOf(value.e);
  if (modulus === null || exponent === null || !modulus[0] || !exponent[0]) return false;
  const { least, most } = RSA_MODULUS_BYTES;
  return modulus.length >= least && modulus.length <= most && exponent.length <= 4;
}

/** The one algorithm of a key. */
export function algorithmOf(jwk: PublicJwk): SignatureAlgorithm {
  if (jwk.kty === 'EC') return 'ES256';
  return jwk.kty === 'OKP' ? 'EdDSA' : 'RS256';
}

/**
 * The thumbprint that names a key.
 *
 * Shape   base64url(SHA-256), 43 characters
 * Source  RFC 7638 §3, RFC 8037 §2
 */
export async function thumbprint(jwk: PublicJwk): Promise<string> {
  return textDigest(JSON.stringify(essential(jwk)));
}

/**
 * Checks a signature by the algorithm of the key. A key that cannot be imported proves nothing.
 *
 * Shape   ES256 signatures are r ‖ s, 64 bytes
 */
export async function signatureHolds(
  jwk: PublicJwk,
  about: { readonly message: Bytes; readonly signature: Bytes },
): Promise<boolean> {
  const { importAs, verifyAs } = webCryptoNames(jwk);
  try {
    const { subtle } = globalThis.crypto;
    const key = await subtle.importKey('jwk', essential(jwk), importAs, false, ['verify']);
    return await subtle.verify(verifyAs, key, about.signature, about.message);
  } catch {
    return false;
  }
}

/** Only the members that make the key, in the order in which RFC 7638 hashes them. */
function essential(jwk: PublicJwk) {
  if (jwk.kty === 'EC') return { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  if (jwk.kty === 'OKP') return { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return { e: jwk.e, kty: jwk.kty, n: jwk.n };
}

function webCryptoNames(jwk: PublicJwk) {
  if (jwk.kty === 'EC') {
    return {
      importAs: { name: 'ECDSA', namedCurve: 'P-256' },
      verifyAs: { name: 'ECDSA', hash: 'SHA-256' },
    };
  }
  if (jwk.kty === 'OKP') return { importAs: { name: 'Ed25519' }, verifyAs: { name: 'Ed25519' } };
  return {
    importAs: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    verifyAs: { name: 'RSASSA-PKCS1-v1_5' },
  };
}

function isOf(value: unknown, length: number): boolean {
  return bytesOf(value)?.length === length;
}

function bytesOf(value: unknown): Bytes | null {
  return typeof value === 'string' && value.length <= 1000 ? decodeBase64url(value) : null;
}
