import { hash } from 'node:crypto';
import type { Hasher } from '@praya/tlog/merkle-hash';

/** SHA-256 in one call, as the functions of the tree want it. */
export const sha256: Hasher = (bytes) => hash('sha256', bytes, 'buffer');
