import { hash } from 'node:crypto';
import { HASH_BYTES, type Hasher, type HasherInto } from '@praya/tlog/merkle-hash';

/** SHA-256 in one call, as the functions of the tree want it. */
export const sha256: Hasher = (bytes) => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

/** SHA-256 without an object per hash: a string costs half of what a Buffer does. */
export const sha256Into: HasherInto = (bytes, into, at) => {
  const digest = hash('sha256', bytes, 'latin1');
  for (let byte = 0; byte < digest.length; byte += 1) into[at + byte] = digest.charCodeAt(byte);
};

/** The leaf hashes of entries, one after the other. Source: RFC 6962 §2.1. */
export function leafHashes(entries: readonly Uint8Array[]): Uint8Array {
  const hashes = new Uint8Array(entries.length * HASH_BYTES);
  for (const [at, entry] of entries.entries()) {
    const bytes = new Uint8Array(1 + entry.length);
    bytes.set(entry, 1);
    sha256Into(bytes, hashes, at * HASH_BYTES);
  }
  return hashes;
}
