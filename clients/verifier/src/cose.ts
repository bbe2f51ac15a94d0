import { type Bytes, concat, utf8 } from './bytes.ts';
import { type CborMap, cborBytes, decodeCbor, isCborArray, isCborBytes, isCborMap } from './cbor.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { algorithmOf, isPublicJwk, type PublicJwk, signatureHolds } from './jwk.ts';

/** The longest message that is read. Units: bytes. */
export const COSE_MAX_LENGTH = 1_000_000;

/** Header parameters. Source: RFC 9052 §3.1, RFC 9597, RFC 9942 */
export const LABEL = {
  algorithm: 1,
  critical: 2,
  contentType: 3,
  keyId: 4,
  cwtClaims: 15,
  receipts: 394,
  dataStructure: 395,
  proofs: 396,
} as const;
const UNDERSTOOD: ReadonlySet<unknown> = new Set(Object.values(LABEL));

/** A COSE_Sign1 taken apart, its signature not checked. `payload` is null where it is detached. */
export type Sign1 = {
  readonly protectedBytes: Bytes;
  readonly header: CborMap;
  readonly unprotected: CborMap;
  readonly payload: Bytes | null;
  readonly signature: Bytes;
};

const SIGN1_TAG = 18;
/** ES256 and ESP256; EdDSA and Ed25519. Source: RFC 9053 §2.1, §2.2, RFC 9864 */
const ALGORITHMS: Readonly<Record<string, readonly number[]>> = { ES256: [-7, -9], EdDSA: [-8, -19] };

/**
 * Takes a tagged COSE_Sign1 apart.
 *
 * Errors  cbor.too-large, cbor.malformed, cose.malformed, cose.header-unsupported (`crit` names what we do not know)
 * Source  RFC 9052 §3, §4.2
 */
export function readSign1(bytes: Uint8Array, maxLength: number = COSE_MAX_LENGTH): Checked<Sign1> {
  const decoded = decodeCbor(bytes, { anyOrder: true, maxLength });
  if (!decoded.ok) return decoded;
  const message = decoded.value;
  if (message === null || typeof message !== 'object' || !('tag' in message))
    return unproven('cose.malformed');
  const parts = message.tag === SIGN1_TAG && isCborArray(message.value) ? message.value : [];
  const [protectedBytes, unprotected, payload, signature] = parts;
  if (parts.length !== 4 || !isCborBytes(protectedBytes) || !isCborMap(unprotected)) {
    return unproven('cose.malformed');
  }
  if (!isCborBytes(signature) || !(payload === null || isCborBytes(payload)))
    return unproven('cose.malformed');
  const header = readProtected(protectedBytes);
  if (!header.ok) return header;
  const twice = [...header.value.keys()].some((label) => unprotected.has(label));
  if (twice) return unproven('cose.malformed');
  return proven({ protectedBytes, header: header.value, unprotected, payload: payload ?? null, signature });
}

function readProtected(bytes: Bytes): Checked<CborMap> {
  if (bytes.length === 0) return proven(new Map());
  const header = decodeCbor(bytes, { anyOrder: true });
  if (!header.ok) return header;
  if (!isCborMap(header.value)) return unproven('cose.malformed');
  const critical = header.value.get(LABEL.critical);
  if (critical === undefined) return proven(header.value);
  const known = isCborArray(critical) && critical.every((label) => UNDERSTOOD.has(label));
  return known ? proven(header.value) : unproven('cose.header-unsupported');
}

/**
 * Checks the signature of a message. The key fixes the algorithm; the header can only agree with it.
 *
 * Shape   `detached` is the payload of a message that does not carry it
 * Errors  cose.payload-wrong (none, or two), cose.key-unknown, cose.alg-wrong, cose.signature-wrong
 * Source  RFC 9052 §4.4
 */
export async function verifySign1(
  message: Sign1,
  by: { readonly jwk: unknown; readonly detached?: Uint8Array },
): Promise<Checked<Bytes>> {
  const payload = payloadOf(message, by.detached);
  if (payload === null) return unproven('cose.payload-wrong');
  if (!isPublicJwk(by.jwk)) return unproven('cose.key-unknown');
  if (!algorithmNumbers(by.jwk).includes(message.header.get(LABEL.algorithm)))
    return unproven('cose.alg-wrong');
  const { protectedBytes, signature } = message;
  const signed = concat(
    Uint8Array.of(0x84, 0x6a),
    utf8('Signature1'),
    cborBytes(protectedBytes),
    cborBytes(new Uint8Array()),
    cborBytes(payload),
  );
  const holds = await signatureHolds(by.jwk, { message: signed, signature });
  return holds ? proven(payload) : unproven('cose.signature-wrong');
}

function payloadOf({ payload }: Sign1, detached: Uint8Array | undefined): Bytes | null {
  if (payload !== null) return detached === undefined ? payload : null;
  return detached === undefined ? null : concat(detached);
}

function algorithmNumbers(jwk: PublicJwk): readonly unknown[] {
  return ALGORITHMS[algorithmOf(jwk)] ?? [];
}

/** The issuer and the subject that a protected header states. Source: RFC 9597, RFC 8392 §3.1 */
export function claimsOf({ header }: Sign1): { issuer: string | null; subject: string | null } {
  const claims = header.get(LABEL.cwtClaims);
  const claim = (label: number) => {
    const value = isCborMap(claims) ? claims.get(label) : undefined;
    return typeof value === 'string' ? value : null;
  };
  return { issuer: claim(1), subject: claim(2) };
}
