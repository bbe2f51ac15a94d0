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

/** An earlier and a later size of the same log. */
export type SizePair = { readonly from: number; readonly to: number };

/** Everything that a proof of consistency claims. */
export type ConsistencyClaim = SizePair & {
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/**
 * The nodes that the proof will read, so that a caller with slow storage can fetch them beforehand.
 *
 * Errors  tlog.size-invalid
 */
export function consistencyNodes(sizes: SizePair): TlogResult<readonly TreeNode[]> {
  const ranges = consistencyRanges(sizes);
  return ranges.ok ? found(ranges.value.flatMap(nodesOfRange)) : ranges;
}

/**
 * The proof that the later tree only adds to the earlier one; empty when the sizes are equal.
 *
 * Errors  tlog.size-invalid (nothing can be said of an empty tree); throws what `read` throws
 * Source  RFC 9162 §2.1.4.1
 */
export function buildConsistencyProof(
  hasher: Hasher,
  read: NodeReader,
  sizes: SizePair,
): TlogResult<readonly Uint8Array[]> {
  const ranges = consistencyRanges(sizes);
  return ranges.ok ? found(ranges.value.map((range) => rangeHash(hasher, read, range))) : ranges;
}

/**
 * Checks that the proof leads to both roots.
 *
 * Errors  tlog.size-invalid (a tree of size 0 too), tlog.hash-length, tlog.proof-length, tlog.root-mismatch
 * Source  RFC 9162 §2.1.4.2
 */
export function verifyConsistency(hasher: Hasher, claim: ConsistencyClaim): TlogResult<null> {
  if (!isSizePair(claim)) return refused('tlog.size-invalid');
  if (claim.from === claim.to) {
    if (claim.proof.length > 0) return refused('tlog.proof-length');
    return sameBytes(claim.fromRoot, claim.toRoot) ? found(null) : refused('tlog.root-mismatch');
  }
  const hashes = [claim.fromRoot, claim.toRoot, ...claim.proof];
  if (hashes.some((hash) => hash.length !== HASH_BYTES)) return refused('tlog.hash-length');
  const climbed = climb(hasher, claim);
  if (climbed === null) return refused('tlog.proof-length');
  const both = sameBytes(climbed.fromRoot, claim.fromRoot) && sameBytes(climbed.toRoot, claim.toRoot);
  return both ? found(null) : refused('tlog.root-mismatch');
}

/** fn and sn of the RFC, halved by division: sizes may pass 2^32, where bit operators end. */
function climb(hasher: Hasher, claim: ConsistencyClaim) {
  if (claim.proof.length === 0) return null;
  let fn = claim.from - 1;
  let sn = claim.to - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  // fn is 0 here exactly when the earlier size is a power of two: its root then starts the path
  const [first, ...rest] = fn === 0 ? [claim.fromRoot, ...claim.proof] : claim.proof;
  if (first === undefined) return null;
  let fromRoot = first;
  let toRoot = first;
  for (const sibling of rest) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      fromRoot = childrenHash(hasher, sibling, fromRoot);
      toRoot = childrenHash(hasher, sibling, toRoot);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else {
      toRoot = childrenHash(hasher, toRoot, sibling);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? { fromRoot, toRoot } : null;
}

function isSizePair({ from, to }: SizePair): boolean {
  return isCount(from) && isCount(to) && from > 0 && from <= to;
}

function consistencyRanges(sizes: SizePair): TlogResult<readonly LeafRange[]> {
  if (!isSizePair(sizes)) return refused('tlog.size-invalid');
  const ranges: LeafRange[] = [];
  let from = 0;
  let until = sizes.to;
  while (until > sizes.from) {
    const middle = from + splitOf(until - from);
    if (sizes.from <= middle) {
      ranges.push({ from: middle, until });
      until = middle;
    } else {
      ranges.push({ from, until: middle });
      from = middle;
    }
  }
  // the verifier holds the earlier root already when the walk never turned right
  if (from > 0) ranges.push({ from, until });
  return found(ranges.reverse());
}
