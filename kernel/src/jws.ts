import type { KeyObject } from 'node:crypto';
import { CompactSign, compactVerify, decodeProtectedHeader, errors, importJWK } from 'jose';
import { canonicalJson } from './canonical.ts';

/** The private half of a key, its name and the one algorithm it signs with. */
export type JwsSigner = {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly privateKey: KeyObject;
};

type PublicKey = {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string | undefined;
};

const ALGORITHM_OF_CURVE: Readonly<Record<string, string>> = { 'P-256': 'ES256', Ed25519: 'EdDSA' };
const REMEMBERED_KEYS = 500;
const imported = new Map<string, ReturnType<typeof importJWK>>();

/**
 * Signs a JSON value.
 *
 * Shape   compact JWS whose payload is the canonical JSON and whose header carries alg, kid and typ
 * Source  RFC 7515 §3.1, RFC 8785
 */
export function signJws(signer: JwsSigner, about: { typ: string; payload: unknown }): Promise<string> {
  const { algorithm: alg, kid, privateKey } = signer;
  return new CompactSign(new TextEncoder().encode(canonicalJson(about.payload)))
    .setProtectedHeader({ alg, kid, typ: about.typ })
    .sign(privateKey);
}

/**
 * The payload of a JWS that this key signed for this purpose, undefined for everything else.
 *
 * The key fixes the algorithm and `typ` must be the one given, so no signature serves twice.
 *
 * Source  RFC 7515 §5.2, RFC 8725 §3.1 and §3.11
 */
export async function verifyJws(text: string, about: { typ: string; jwk: PublicKey }): Promise<unknown> {
  const algorithm = ALGORITHM_OF_CURVE[about.jwk.crv];
  if (algorithm === undefined) return undefined;
  try {
    const key = await publicKeyOf(about.jwk, algorithm);
    const { payload, protectedHeader } = await compactVerify(text, key, { algorithms: [algorithm] });
    // An extension such as `b64` (RFC 7797) would make the payload another than the one that is read before it is verified.
    if (protectedHeader.typ !== about.typ || protectedHeader.crit !== undefined) return undefined;
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

/** The name of the key that a JWS claims to be signed with; nothing is verified yet. */
export function claimedKeyId(text: string): string | undefined {
  try {
    return decodeProtectedHeader(text).kid;
  } catch {
    return undefined;
  }
}

/** The payload of a JWS before anything is verified: only for finding out whose key to verify with. */
export function claimedPayload(text: string): unknown {
  try {
    const [, payload = ''] = text.split('.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

// Importing costs as much as verifying, and the same few keys sign everything.
function publicKeyOf(jwk: PublicKey, algorithm: string): ReturnType<typeof importJWK> {
  const { kty, crv, x, y } = jwk;
  const name = `${crv}.${x}.${y ?? ''}`;
  const known = imported.get(name);
  if (known !== undefined) return known;
  const key = importJWK(y === undefined ? { kty, crv, x } : { kty, crv, x, y }, algorithm);
  key.catch(() => imported.delete(name));
  if (imported.size >= REMEMBERED_KEYS) imported.delete(imported.keys().next().value ?? '');
  imported.set(name, key);
  return key;
}
