import { decodeBase64 } from '@praya/tlog/base64';
import { formatTlogProof } from '@praya/tlog/tlog-proof';
import type { LogProof } from '../contract.ts';

/**
 * A proof as a text that anybody can keep and check without a network.
 *
 * Shape   media type text/plain, file extension `.tlog-proof`; with the cosignatures that the checkpoint carries
 * Errors  throws on a proof that no reader would take: it came from us
 * Source  C2SP tlog-proof
 */
export function tlogProofText({ index, proof, checkpoint }: LogProof): string {
  return formatTlogProof({ index, proof: hashesOf(proof), checkpoint });
}

/** The hashes of a proof. Errors: throws where one is not base64. */
export function hashesOf(proof: readonly string[]): Uint8Array[] {
  return proof.map((hash) => {
    const bytes = decodeBase64(hash);
    if (bytes === null) throw new RangeError('A proof is made of hashes in base64');
    return bytes;
  });
}
