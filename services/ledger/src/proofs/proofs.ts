import { expectValue } from '@praya/kernel/result';
import { buildConsistencyProof, consistencyNodes, type SizePair } from '@praya/tlog/consistency-proof';
import { frontierNodes, frontierRoot, readFrontier } from '@praya/tlog/frontier';
import { buildInclusionProof, inclusionNodes, type LeafPlace } from '@praya/tlog/inclusion-proof';
import { createTileReader, tileOfNode, tilePath, tileWidth } from '@praya/tlog/tiles';
import type { NodeReader, TreeNode } from '@praya/tlog/tree-range';
import { sha256 } from '../sha256.ts';
import type { TileStore } from '../tiles/tile-store.ts';

/**
 * The leaf of a place and the proof that it is in the tree of a size, both read from tiles.
 * Errors: throws RangeError on a place that is not in the tree, MissingTile on a tree that is not in the store.
 */
export async function inclusionProof(
  tiles: TileStore,
  at: LeafPlace & { readonly origin: string },
): Promise<{ readonly leafHash: Uint8Array; readonly proof: readonly Uint8Array[] }> {
  const nodes = inclusionNodes(at);
  if (!nodes.ok) throw new RangeError(`No proof of ${at.index} in a tree of ${at.size}`);
  const read = await readerOf(tiles, at, [{ level: 0, index: at.index }, ...nodes.value]);
  return { leafHash: read(0, at.index), proof: expectValue(buildInclusionProof(sha256, read, at)) };
}

/**
 * The proof that the later tree only adds to the earlier one; empty when nothing can be or needs to be proved.
 * Errors: throws RangeError on sizes that are none or in the wrong order, MissingTile as above.
 */
export async function consistencyProof(
  tiles: TileStore,
  origin: string,
  sizes: SizePair,
): Promise<readonly Uint8Array[]> {
  const nodes = consistencyNodes(sizes);
  if (!nodes.ok) throw new RangeError(`No proof from a tree of ${sizes.from} to one of ${sizes.to}`);
  const read = await readerOf(tiles, { origin, size: sizes.to }, nodes.value);
  return expectValue(buildConsistencyProof(sha256, read, sizes));
}

/** The root of the tree of a size. Errors: throws MissingTile as above. */
export async function rootAt(tiles: TileStore, origin: string, size: number): Promise<Uint8Array> {
  const read = await readerOf(tiles, { origin, size }, frontierNodes(size));
  return frontierRoot(sha256, readFrontier(size, read));
}

/** The store does not hold a tile of a tree that somebody says is there. */
export class MissingTile extends Error {
  override readonly name = 'MissingTile';
}

/** Fetches the tiles that these nodes need, each once and as wide as the tree of this size has it. */
async function readerOf(
  tiles: TileStore,
  tree: { readonly origin: string; readonly size: number },
  nodes: readonly TreeNode[],
): Promise<NodeReader> {
  const { origin, size } = tree;
  const wanted = new Map(nodes.map(tileOfNode).map((tile) => [keyOf(tile.level, tile.index), tile]));
  const found = new Map<string, Uint8Array>();
  await Promise.all(
    Array.from(wanted, async ([key, { level, index }]) => {
      const tile = { level, index, width: tileWidth({ level, index }, size) };
      const bytes = tile.width === 0 ? null : await tiles.read(origin, tile);
      if (bytes === null) throw new MissingTile(`${origin}/${tilePath(tile)} is missing`);
      found.set(key, bytes);
    }),
  );
  return createTileReader(sha256, (level, index) => found.get(keyOf(level, index)) ?? new Uint8Array());
}

function keyOf(level: number, index: number): string {
  return `${level}/${index}`;
}
