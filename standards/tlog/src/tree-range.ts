import { childrenHash, emptyRoot, type Hasher } from './merkle-hash.ts';

/**
 * A node that stands for a full subtree of 2^level leaves.
 *
 * Shape   level 0 are the leaves; the node spans the leaves index·2^level … (index+1)·2^level − 1
 */
export type TreeNode = { readonly level: number; readonly index: number };

/** The leaves `from` … `until` − 1. */
export type LeafRange = { readonly from: number; readonly until: number };

/** Reads the hash of a full subtree; throws when the tree does not hold it. */
export type NodeReader = (level: number, index: number) => Uint8Array;

/** Whether this can be the number of leaves of a tree, or the place of a leaf in one. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * Where a tree of this size splits: the largest power of two smaller than the size.
 *
 * Source  RFC 6962 §2.1 (k)
 */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * The full subtrees that make up a range, from left to right, each smaller than the one before.
 *
 * Shape   `from` is a multiple of the largest power of two that fits, as in every range of a proof
 */
export function nodesOfRange(range: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  let { from } = range;
  let width = 1;
  let level = 0;
  while (width * 2 <= range.until - from) {
    width *= 2;
    level += 1;
  }
  while (from < range.until) {
    if (width <= range.until - from) {
      nodes.push({ level, index: from / width });
      from += width;
    }
    width /= 2;
    level -= 1;
  }
  return nodes;
}

/** Joins the hashes of ever smaller subtrees, left to right, into the hash of the whole range. */
export function joinHashes(hasher: Hasher, hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return emptyRoot(hasher);
  return hashes.reduceRight((right, left) => childrenHash(hasher, left, right));
}

/**
 * The Merkle tree hash of a range of leaves.
 *
 * Source  RFC 6962 §2.1 (MTH)
 */
export function rangeHash(hasher: Hasher, read: NodeReader, range: LeafRange): Uint8Array {
  return joinHashes(
    hasher,
    nodesOfRange(range).map(({ level, index }) => read(level, index)),
  );
}
