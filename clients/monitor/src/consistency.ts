import { buildConsistencyProof, consistencyNodes, verifyConsistency } from '@praya/tlog/consistency-proof';
import { frontierNodes, frontierRoot, readFrontier } from '@praya/tlog/frontier';
import { edgeTiles, growTree } from '@praya/tlog/growing-tree';
import { sameBytes } from '@praya/tlog/merkle-hash';
import { createTileReader, tileOfNode, tileWidth } from '@praya/tlog/tiles';
import type { NodeReader, TreeNode } from '@praya/tlog/tree-range';
import { hashInto, sha256 } from './crypto.ts';
import type { LogFiles } from './log-files.ts';
import type { TreeEdge } from './walk.ts';

/** The head of a tree. */
export type Head = { readonly size: number; readonly root: Uint8Array };

/**
 * Whether the larger tree has the smaller one in it, by the tiles of the larger one.
 *
 * Shape   `tiles-wrong`: they are not those of the larger tree, so nothing is shown. The other two are proven
 * Errors  Unreachable, FileWrong
 */
export async function compareHeads(
  files: LogFiles,
  heads: { readonly from: Head; readonly to: Head },
): Promise<'consistent' | 'inconsistent' | 'tiles-wrong'> {
  const { from, to } = heads;
  if (from.size === to.size) return sameBytes(from.root, to.root) ? 'consistent' : 'inconsistent';
  if (from.size === 0) return 'consistent';
  const sizes = { from: from.size, to: to.size };
  const nodes = consistencyNodes(sizes);
  if (!nodes.ok) return 'tiles-wrong';
  const read = await readNodes(files, to.size, [...nodes.value, ...frontierNodes(from.size)]);
  const proof = buildConsistencyProof(sha256, read, sizes);
  if (!proof.ok) return 'tiles-wrong';
  // What this tree had as its root at the smaller size; the proof shows that it had.
  const fromRoot = frontierRoot(sha256, readFrontier(from.size, read));
  const shown = verifyConsistency(sha256, { ...sizes, fromRoot, toRoot: to.root, proof: proof.value });
  if (!shown.ok) return 'tiles-wrong';
  return sameBytes(fromRoot, from.root) ? 'consistent' : 'inconsistent';
}

/**
 * The right edge of a tree; null where the tiles do not lead to its root.
 *
 * Errors  Unreachable, FileWrong
 */
export async function readEdge(files: LogFiles, head: Head): Promise<TreeEdge | null> {
  const edge = await Promise.all(
    edgeTiles(head.size).map(async (tile) => ({ tile, bytes: await files.tile(tile) })),
  );
  const tree = { size: head.size, edge };
  return sameBytes(growTree(hashInto, tree).root(), head.root) ? tree : null;
}

async function readNodes(files: LogFiles, size: number, nodes: readonly TreeNode[]): Promise<NodeReader> {
  const wanted = new Map(nodes.map(tileOfNode).map((tile) => [`${tile.level}/${tile.index}`, tile]));
  const tiles = new Map<string, Uint8Array>();
  await Promise.all(
    Array.from(wanted, async ([name, tile]) => {
      tiles.set(name, await files.tile({ ...tile, width: tileWidth(tile, size) }));
    }),
  );
  return createTileReader(sha256, (level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array());
}
