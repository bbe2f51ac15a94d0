import { encodeCbor } from './cbor.ts';
import { CLAIM, type CoseSigner, encodeSign1, HEADER, protectedHeader, signSign1 } from './cose-sign1.ts';

/** A binary Merkle tree over SHA-256. Source: RFC 9942, “COSE Verifiable Data Structures” */
const RFC9162_SHA256 = 1;
const INCLUSION = -1;

/** A root that the log signed for receipts: the same for every entry of the tree, so sign once and keep it. */
export type SignedRoot = { readonly header: Uint8Array; readonly signature: Uint8Array };

/**
 * Signs the root of a log's tree for COSE Receipts.
 *
 * Shape   protected: alg, kid, CWT claim iss (the log's origin), vds 1; the payload is the root and is not sent
 * Source  RFC 9942, “Receipt of Inclusion”
 */
export function signRoot(signer: CoseSigner, about: { issuer: string; root: Uint8Array }): SignedRoot {
  const claims = new Map([[CLAIM.issuer, about.issuer]]);
  const header = protectedHeader(
    signer,
    new Map<number, number | typeof claims>([
      [HEADER.cwtClaims, claims],
      [HEADER.dataStructure, RFC9162_SHA256],
    ]),
  );
  return { header, signature: signSign1(signer, { header, payload: about.root }) };
}

/**
 * The COSE Receipt of one entry under a signed root.
 *
 * Shape   unprotected: vdp { -1: [ bstr [tree size, leaf index, [sibling hashes from the leaf upwards]] ] }
 * Source  RFC 9942, “Inclusion Proof”
 */
export function inclusionReceipt(
  root: SignedRoot,
  at: { readonly size: number; readonly index: number; readonly path: readonly Uint8Array[] },
): Uint8Array {
  const proof = encodeCbor([at.size, at.index, at.path]);
  const proofs = new Map([[INCLUSION, [proof]]]);
  const unprotected = new Map([[HEADER.proofs, proofs]]);
  return encodeSign1({ header: root.header, unprotected, payload: null, signature: root.signature });
}
