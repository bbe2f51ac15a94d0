import { childrenHash, HASH_BYTES, type Hasher, sameBytes } from './merkle-hash.ts';
import { found, refused, type TlogResult } from './result.ts';
import {
  isCount,
  type LeafRange,
  type NodeReader,
  nodesOfRange,
  rangeHash,
  splitOf,
  type TreeNode,
} from './tree-range.ts';

/** A leaf's place in a tree of a given size. */
export type LeafPlace = { readonly index: number; readonly size: number };

/** Everything that a proof of inclusion claims. */
export type InclusionClaim = LeafPlace & {
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
};

/**
 * The nodes that the proof will read, so that a caller with slow storage can fetch them beforehand.
 *
 * Errors  tlog.size-invalid, tlog.index-out-of-range
 */
export function inclusionNodes(place: LeafPlace): TlogResult<readonly TreeNode[]> {
  const ranges = inclusionRanges(place);
  return ranges.ok ? found(ranges.value.flatMap(nodesOfRange)) : ranges;
}

/**
 * The proof that the leaf is in the tree: sibling hashes, from the leaf upwards.
 *
 * Errors  tlog.size-invalid, tlog.index-out-of-range; throws what `read` throws
 * Source  RFC 9162 §2.1.3.1
 */
export function buildInclusionProof(
  hasher: Hasher,
  read: NodeReader,
  place: LeafPlace,
): TlogResult<readonly Uint8Array[]> {
  const ranges = inclusionRanges(place);
  return ranges.ok ? found(ranges.value.map((range) => rangeHash(hasher, read, range))) : ranges;
}

/**
 * Checks that the proof leads from the leaf to the root.
 *
 * Errors  tlog.size-invalid (a tree of size 0 too), tlog.index-out-of-range, tlog.hash-length, tlog.proof-length, tlog.root-mismatch
 * Source  RFC 9162 §2.1.3.2
 */
export function verifyInclusion(hasher: Hasher, claim: InclusionClaim): TlogResult<null> {
  if (!isCount(claim.size) || claim.size === 0) return refused('tlog.size-invalid');
  if (!isCount(claim.index) || claim.index >= claim.size) return refused('tlog.index-out-of-range');
  const hashes = [claim.leafHash, claim.root, ...claim.proof];
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) return refused('tlog.hash-length');
  const climbed = climb(hasher, claim);
  if (climbed === null) return refused('tlog.proof-length');
  return sameBytes(climbed, claim.root) ? found(null) : refused('tlog.root-mismatch');
}

/** fn and sn of the RFC, halved by division: sizes may pass 2^32, where bit operators end. */
function climb(hasher: Hasher, claim: InclusionClaim): Uint8Array | null {
  let fn = claim.index;
  let sn = claim.size - 1;
  let hash = claim.leafHash;
  for (const sibling of claim.proof) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      hash = childrenHash(hasher, sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = childrenHash(hasher, hash, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? hash : null;
}

function inclusionRanges({ index, size }: LeafPlace): TlogResult<readonly LeafRange[]> {
  if (!isCount(size) || size === 0) return refused('tlog.size-invalid');
  if (!isCount(index) || index >= size) return refused('tlog.index-out-of-range');
  const siblings: LeafRange[] = [];
  let from = 0;
  let until = size;
  while (until - from > 1) {
    const middle = from + splitOf(until - from);
    if (index < middle) {
      siblings.push({ from: middle, until });
      until = middle;
    } else {
      siblings.push({ from, until: middle });
      from = middle;
    }
  }
  return found(siblings.reverse());
}
