import { decodeBase64url } from './base64url.ts';
import { type Bytes, textOf, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { algorithmOf, isPublicJwk, type PublicJwk, signatureHolds } from './jwk.ts';
import { isObject, type JsonObject, text } from './shape.ts';

/** The longest JWS that is read unless the caller sets another limit. Units: characters. */
export const JWS_MAX_LENGTH = 200_000;

/** A key and the name by which headers call it. */
export type JwsKey = { readonly kid: string; readonly jwk: unknown };

export type JwsHeader = { readonly alg: string; readonly kid: string; readonly typ: string };

/** A JWS taken apart, its signature not checked. */
export type DecodedJws = {
  readonly header: JwsHeader;
  readonly payload: JsonObject;
  readonly signingInput: Bytes;
  readonly signature: Bytes;
};

/** What a JWS said, once its signature was checked. */
export type VerifiedJws = { readonly header: JwsHeader; readonly payload: JsonObject };

/**
 * Takes a compact JWS apart without checking its signature: to find the key, never to believe it.
 *
 * Errors  jws.too-large, jws.malformed, jws.header-unsupported (`crit`, `b64`)
 * Source  RFC 7515 §3.1, §4.1.11
 */
export function decodeJws(jws: unknown, maxLength: number = JWS_MAX_LENGTH): Checked<DecodedJws> {
  if (typeof jws !== 'string') return unproven('jws.malformed');
  if (jws.length > maxLength) return unproven('jws.too-large');
  const [head, body, tail, ...more] = jws.split('.');
  if (head === undefined || body === undefined || tail === undefined || more.length > 0) {
    return unproven('jws.malformed');
  }
  const header = jsonOf(head);
  const payload = jsonOf(body);
  const signature = decodeBase64url(tail);
  if (header === null || payload === null || signature === null) return unproven('jws.malformed');
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
    return unproven('jws.header-unsupported');
  const { alg, kid, typ } = header;
  if (!name(alg) || !name(kid) || !name(typ)) return unproven('jws.malformed');
  return proven({ header: { alg, kid, typ }, payload, signingInput: utf8(`${head}.${body}`), signature });
}

/**
 * Checks a compact JWS. The key fixes the algorithm; the header can only agree with it.
 *
 * Shape   ES256 for P-256 keys, EdDSA (or its new name Ed25519) for Ed25519 keys; `none`, HS* and RS* never
 * Errors  those of decodeJws; jws.typ-wrong, jws.key-unknown, jws.alg-wrong, jws.signature-wrong
 * Source  RFC 7515 §5.2, RFC 8725 §3.1, §3.11
 */
export async function verifyJws(
  jws: unknown,
  expected: { readonly typ: string; readonly keys: readonly JwsKey[]; readonly maxLength?: number },
): Promise<Checked<VerifiedJws>> {
  const decoded = decodeJws(jws, expected.maxLength);
  if (!decoded.ok) return decoded;
  const { header, payload, signingInput, signature } = decoded.value;
  if (header.typ !== expected.typ) return unproven('jws.typ-wrong');
  const key = expected.keys.find(({ kid }) => kid === header.kid);
  if (key === undefined || !isPublicJwk(key.jwk)) return unproven('jws.key-unknown');
  if (!algorithmNames(key.jwk).includes(header.alg)) return unproven('jws.alg-wrong');
  const holds = await signatureHolds(key.jwk, { message: signingInput, signature });
  return holds ? proven({ header, payload }) : unproven('jws.signature-wrong');
}

/** RSA keys sign assertions of passkeys here, never a JWS. */
function algorithmNames(jwk: PublicJwk): readonly string[] {
  const algorithm = algorithmOf(jwk);
  if (algorithm === 'EdDSA') return ['EdDSA', 'Ed25519'];
  return algorithm === 'ES256' ? ['ES256'] : [];
}

/** A JSON object that also has a canonical form, so that nothing after this can fail to hash it. */
function jsonOf(part: string): JsonObject | null {
  const bytes = decodeBase64url(part);
  const json = bytes === null ? null : textOf(bytes);
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    canonicalJson(value);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const name = text(300);
