import { childrenHash, HASH_BYTES, type Hasher } from './merkle-hash.ts';
import { isCount, joinHashes, type NodeReader, nodesOfRange, type TreeNode } from './tree-range.ts';

/**
 * The right edge of a tree: all that is needed to append to it and to know its root.
 *
 * Shape   one hash for each one-bit of `size`, the largest subtree first (a compact range)
 */
export type Frontier = { readonly size: number; readonly hashes: readonly Uint8Array[] };

/** A subtree that an append has completed. */
export type CompletedNode = TreeNode & { readonly hash: Uint8Array };

/** The frontier of a tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** The nodes whose hashes are the frontier of a tree of this size, in order. */
export function frontierNodes(size: number): readonly TreeNode[] {
  if (!isCount(size)) throw new RangeError(`A tree cannot have ${size} leaves`);
  return nodesOfRange({ from: 0, until: size });
}

/** The frontier of a stored tree, as a sequencer reads it when it starts. */
export function readFrontier(size: number, read: NodeReader): Frontier {
  return { size, hashes: frontierNodes(size).map(({ level, index }) => read(level, index)) };
}

/**
 * Appends leaf hashes; answers the new frontier and every subtree that became full, leaves included, in order.
 *
 * Errors  throws on a hash that is not 32 bytes long
 */
export function appendLeafHashes(
  hasher: Hasher,
  frontier: Frontier,
  leafHashes: Iterable<Uint8Array>,
): { readonly frontier: Frontier; readonly completed: readonly CompletedNode[] } {
  const hashes = [...frontier.hashes];
  const completed: CompletedNode[] = [];
  let { size } = frontier;
  for (const leaf of leafHashes) {
    if (leaf.length !== HASH_BYTES) throw new RangeError(`A leaf hash has 32 bytes, not ${leaf.length}`);
    completed.push({ level: 0, index: size, hash: leaf });
    hashes.push(leaf);
    size += 1;
    for (let level = 1, width = 2; size % width === 0; level += 1, width *= 2) {
      const hash = joinLastTwo(hasher, hashes);
      hashes.push(hash);
      completed.push({ level, index: size / width - 1, hash });
    }
  }
  return { frontier: { size, hashes }, completed };
}

/**
 * The root of the tree whose right edge this is.
 *
 * Source  RFC 6962 §2.1 (the root of an empty tree is the hash of no bytes)
 */
export function frontierRoot(hasher: Hasher, frontier: Frontier): Uint8Array {
  return joinHashes(hasher, frontier.hashes);
}

function joinLastTwo(hasher: Hasher, hashes: Uint8Array[]): Uint8Array {
  const right = hashes.pop();
  const left = hashes.pop();
  if (left === undefined || right === undefined) throw new RangeError('The frontier does not fit its size');
  return childrenHash(hasher, left, right);
}
