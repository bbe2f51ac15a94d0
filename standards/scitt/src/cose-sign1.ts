import { type Cbor, encodeCbor } from './cbor.ts';

/** The private half of a key, its name, and the one algorithm that it signs with. */
export type CoseSigner = {
  readonly kid: string | Uint8Array;
  readonly algorithm: 'ES256' | 'EdDSA';
  /** ES256 answers r ‖ s, 64 bytes; EdDSA is Ed25519 */
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** The header parameters that we write. Source: RFC 9052 §3.1, RFC 9597, RFC 9942 */
export const HEADER = {
  algorithm: 1,
  contentType: 3,
  keyId: 4,
  cwtClaims: 15,
  receipts: 394,
  dataStructure: 395,
  proofs: 396,
} as const;

/** The claims that we write into a header. Source: RFC 8392 §3.1 */
export const CLAIM = { issuer: 1, subject: 2 } as const;

const SIGN1_TAG = 18;
const ALGORITHM = { ES256: -7, EdDSA: -8 } as const;

export type Header = ReadonlyMap<number, Cbor>;

/** The protected header of a signer: algorithm and key, and what else is given. */
export function protectedHeader(signer: Pick<CoseSigner, 'algorithm' | 'kid'>, more: Header): Uint8Array {
  const kid = typeof signer.kid === 'string' ? new TextEncoder().encode(signer.kid) : signer.kid;
  return encodeCbor(new Map([[HEADER.algorithm, ALGORITHM[signer.algorithm]], [HEADER.keyId, kid], ...more]));
}

/**
 * The signature over a protected header and a payload.
 *
 * Shape   over Sig_structure: ["Signature1", protected, empty external data, payload]
 * Source  RFC 9052 §4.4
 */
export function signSign1(
  signer: CoseSigner,
  about: { header: Uint8Array; payload: Uint8Array },
): Uint8Array {
  return signer.sign(encodeCbor(['Signature1', about.header, new Uint8Array(), about.payload]));
}

/** The message as it travels, tagged; a payload of null is detached. Source: RFC 9052 §4.2 */
export function encodeSign1(about: {
  readonly header: Uint8Array;
  readonly unprotected: Header;
  readonly payload: Uint8Array | null;
  readonly signature: Uint8Array;
}): Uint8Array {
  const { header, unprotected, payload, signature } = about;
  return encodeCbor({ tag: SIGN1_TAG, value: [header, unprotected, payload, signature] });
}
