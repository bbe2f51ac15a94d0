import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { inclusionReceipt, type SignedRoot, signRoot } from '@praya/scitt/receipt';
import { signerOf as coseSignerOf } from '@praya/scitt/signer';
import { type Checkpoint, openCheckpoint } from '@praya/tlog/checkpoint';
import { type Ed25519Verify, type VerifierKey, verifierKeyOf } from '@praya/tlog/note';
import type { LogProof } from '../contract.ts';
import type { LogSigner } from '../publication/sign-checkpoint.ts';
import { sha256 } from '../sha256.ts';
import { hashesOf } from './proof-text.ts';

/** Makes COSE Receipts of entries. */
export type CoseReceipts = {
  /**
   * The receipt of one entry, by a proof of this ledger under a published checkpoint.
   *
   * Shape   EdDSA by the log's key; kid is the four bytes of its key id, CWT claim iss the log's origin
   * Errors  throws on a checkpoint that the log has not signed: then nothing is signed either
   * Source  RFC 9942, “Receipt of Inclusion”
   */
  receiptOf(proof: LogProof): Promise<Uint8Array>;
};

const REMEMBERED_ROOTS = 1_000;

/** One signature per tree serves every entry in it: the root is signed, the way to it is not. */
export function createCoseReceipts(needs: {
  signerOf(origin: string): LogSigner;
  /** how many signed roots are kept in memory */
  readonly remember?: number;
}): CoseReceipts {
  const roots = new Map<string, SignedRoot>();
  const { remember = REMEMBERED_ROOTS } = needs;
  return {
    receiptOf: async ({ origin, index, proof, checkpoint }) => {
      const { privateKey, jwk } = await needs.signerOf(origin).signingKey();
      const key = verifierKeyOf(sha256, origin, Buffer.from(jwk.x, 'base64url'));
      const tree = opened(checkpoint, key, privateKey);
      const name = `${key.keyId} ${origin} ${tree.size} ${Buffer.from(tree.root).toString('base64')}`;
      const signer = coseSignerOf({ kid: keyIdBytes(key), algorithm: 'EdDSA', privateKey });
      const root = roots.get(name) ?? signRoot(signer, { issuer: origin, root: tree.root });
      roots.delete(name);
      roots.set(name, root);
      if (roots.size > remember) roots.delete(roots.keys().next().value ?? '');
      return inclusionReceipt(root, { size: tree.size, index, path: hashesOf(proof) });
    },
  };
}

/** Only what the log itself has said in a checkpoint is signed once more. */
function opened(note: string, key: VerifierKey, privateKey: KeyObject): Checkpoint {
  const publicKey = createPublicKey(privateKey);
  const holds: Ed25519Verify = ({ message, signature }) => verify(null, message, publicKey, signature);
  const checkpoint = openCheckpoint(note, { origin: key.name, keys: [key], verify: holds });
  if (!checkpoint.ok) throw new RangeError(`Not a checkpoint of ${key.name}: ${checkpoint.refusal.code}`);
  return checkpoint.value;
}

function keyIdBytes({ keyId }: VerifierKey): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, keyId);
  return bytes;
}
