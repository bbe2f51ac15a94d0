import { hash } from 'node:crypto';
import type { Hasher, HasherInto } from '@praya/tlog/merkle-hash';

/** SHA-256 in one call, as the functions of the tree want it. */
export const sha256: Hasher = (bytes) => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

/** SHA-256 without an object per hash: a string costs half of what a Buffer does. */
export const sha256Into: HasherInto = (bytes, into, at) => {
  const digest = hash('sha256', bytes, 'latin1');
  for (let byte = 0; byte < digest.length; byte += 1) into[at + byte] = digest.charCodeAt(byte);
};
