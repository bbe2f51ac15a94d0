import { encodeBase64url } from './base64url.ts';
import type { Bytes } from './bytes.ts';
import { type CborValue, decodeCbor, isCborArray, isCborBytes, isCborMap } from './cbor.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { claimsOf, LABEL, readSign1, type Sign1, verifySign1 } from './cose.ts';
import type { PublicJwk } from './jwk.ts';
import { inclusionRoot, leafHash } from './merkle.ts';
import { count } from './shape.ts';
import type { TrustList } from './trust-list.ts';
import { readNoteKey } from './verifier-key.ts';

/** Where a receipt says that the entry is, once that is proven. `issuer` is the log's origin. */
export type ReceiptPlace = {
  readonly issuer: string | null;
  readonly size: number;
  readonly index: number;
  readonly root: Bytes;
};

/** Finds the key of the log that a receipt names; null where it is nobody whom we know. */
export type LogKeyOf = (about: { issuer: string | null; keyId: Bytes | null }) => Promise<PublicJwk | null>;

const RFC9162_SHA256 = 1;
const INCLUSION = -1;
const MOST_PROOFS = 16;
const MOST_HASHES = 63;

/**
 * Checks a COSE Receipt of inclusion: the way from the entry to a root, and the log's signature over that root.
 *
 * Shape   vds RFC9162_SHA256 in the protected header; of several proofs one must hold for this entry
 * Errors  those of readSign1, cose.structure-unsupported, cose.proof-malformed, those of inclusionRoot, cose.key-unknown, those of verifySign1
 * Source  RFC 9942, “RFC9162_SHA256”
 */
export async function verifyCoseReceipt(
  receipt: Uint8Array,
  about: { readonly entry: Uint8Array; readonly logKeyOf: LogKeyOf },
): Promise<Checked<ReceiptPlace>> {
  const message = readSign1(receipt);
  if (!message.ok) return message;
  const { header, unprotected } = message.value;
  if (header.get(LABEL.dataStructure) !== RFC9162_SHA256) return unproven('cose.structure-unsupported');
  const proofs = readProofs(unprotected.get(LABEL.proofs));
  if (proofs === null) return unproven('cose.proof-malformed');
  const { issuer } = claimsOf(message.value);
  const keyId = header.get(LABEL.keyId);
  const jwk = await about.logKeyOf({ issuer, keyId: isCborBytes(keyId) ? keyId : null });
  if (jwk === null) return unproven('cose.key-unknown');
  const leaf = await leafHash(about.entry);
  let answer: Checked<ReceiptPlace> = unproven('cose.proof-malformed');
  for (const proof of proofs) {
    answer = await checkProof(message.value, { ...proof, leaf, jwk, issuer });
    if (answer.ok) return answer;
  }
  return answer;
}

/** The keys of logs by their origin, as the trust list names them; several keys of one origin need a key id. */
export function logKeysOf(logs: TrustList['logs']): LogKeyOf {
  return async ({ issuer, keyId }) => {
    for (const { origin, vkey } of logs) {
      if (origin !== issuer) continue;
      const key = await readNoteKey(vkey);
      if (key?.kind !== 'note') continue;
      const named = keyId === null || (keyId.length === 4 && keyId.every((byte, at) => byte === key.id[at]));
      if (named) return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(key.publicKey) };
    }
    return null;
  };
}

type InclusionProof = { readonly size: number; readonly index: number; readonly path: readonly Bytes[] };

async function checkProof(
  message: Sign1,
  about: InclusionProof & { leaf: Bytes; jwk: PublicJwk; issuer: string | null },
): Promise<Checked<ReceiptPlace>> {
  const { size, index, path, leaf, jwk, issuer } = about;
  const root = await inclusionRoot({ size, index, leafHash: leaf, proof: path });
  if (!root.ok) return root;
  const attached = message.payload;
  const payload = await verifySign1(message, { jwk, ...(attached === null ? { detached: root.value } : {}) });
  if (!payload.ok) return payload;
  const same = payload.value.length === 32 && payload.value.every((byte, at) => byte === root.value[at]);
  return same ? proven({ issuer, size, index, root: root.value }) : unproven('merkle.root-mismatch');
}

function readProofs(proofs: CborValue | undefined): readonly InclusionProof[] | null {
  const list = isCborMap(proofs) ? proofs.get(INCLUSION) : undefined;
  if (!isCborArray(list) || list.length === 0 || list.length > MOST_PROOFS) return null;
  const read = list.map(readProof).filter((proof) => proof !== null);
  return read.length === list.length ? read : null;
}

function readProof(item: CborValue): InclusionProof | null {
  const decoded = isCborBytes(item) ? decodeCbor(item) : null;
  const parts = decoded?.ok === true && isCborArray(decoded.value) ? decoded.value : [];
  const [size, index, path] = parts;
  if (parts.length !== 3 || !count(size) || size === 0 || !count(index) || !isCborArray(path)) return null;
  const hashes = path.filter((hash) => isCborBytes(hash));
  return hashes.length === path.length && path.length <= MOST_HASHES ? { size, index, path: hashes } : null;
}
