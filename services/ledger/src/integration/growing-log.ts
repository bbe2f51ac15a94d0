import { decodeEntries, encodeEntries } from '@praya/tlog/entry-bundle';
import { edgeTiles, type GrowingTree, growTree } from '@praya/tlog/growing-tree';
import { leafHash } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';
import type { Batch } from '../sequencer/sequencer.ts';
import { sha256, sha256Into } from '../sha256.ts';
import type { TileFile, TileStore } from '../tiles/tile-store.ts';
import type { Tree } from './trees.ts';

/** A log of which only the right edge is in memory: the tiles and the bundle that are not full. */
export type GrowingLog = {
  append(batch: Batch): void;
  /** The files that are new or wider since the last call, the full ones first. */
  takeChanged(): TileFile[];
  tree(): Tree;
};

/**
 * A log that goes on where its tree ends.
 * Errors: throws when the files at the right edge are not those of the tree.
 */
export async function loadLog(tiles: TileStore, at: Tree): Promise<GrowingLog> {
  const { origin, size } = at;
  const edge = await Promise.all(
    edgeTiles(size).map(async (tile) => ({ tile, bytes: await mustRead(tiles, origin, tile) })),
  );
  const tree = growTree(sha256Into, { size, edge });
  if (Buffer.compare(tree.root(), at.root) !== 0)
    throw new Error(`The tiles of ${origin} do not lead to its tree of ${size}`);
  const entries = await lastEntries(tiles, origin, size);
  const lowest = edge.find(({ tile }) => tile.level === 0);
  const leaves = Buffer.concat(entries.map((entry) => leafHash(sha256, entry)));
  if (Buffer.compare(leaves, lowest?.bytes ?? new Uint8Array()) !== 0)
    throw new Error(`The last entries of ${origin} are not those of its tree of ${size}`);
  return growLog(origin, tree, entries);
}

/** A log that goes on from a tree and the entries of its last bundle. */
export function growLog(origin: string, tree: GrowingTree, last: readonly Uint8Array[]): GrowingLog {
  let entries = [...last];
  let full: TileFile[] = [];
  let changed = false;
  return {
    append: (batch) => {
      if (batch.first !== tree.size || batch.entries.length !== batch.leaves.length)
        throw new Error(`Batch ${batch.first} does not go on where the tree of ${tree.size} ends`);
      tree.append(batch.leaves);
      for (const [at, entry] of batch.entries.entries()) {
        entries.push(entry);
        changed = true;
        if (entries.length < TILE_WIDTH) continue;
        full.push(bundleOf(entries, Math.floor((batch.first + at) / TILE_WIDTH)));
        entries = [];
        changed = false;
      }
    },
    takeChanged: () => {
      const bundles = full;
      full = [];
      if (changed) bundles.push(bundleOf(entries, Math.floor(tree.size / TILE_WIDTH)));
      changed = false;
      return [...bundles, ...tree.takeChanged()];
    },
    tree: () => ({ origin, size: tree.size, root: tree.root(), frontier: tree.frontier() }),
  };
}

function bundleOf(entries: readonly Uint8Array[], index: number): TileFile {
  return { tile: { level: 'entries', index, width: entries.length }, bytes: encodeEntries(entries) };
}

async function lastEntries(tiles: TileStore, origin: string, size: number): Promise<readonly Uint8Array[]> {
  const width = size % TILE_WIDTH;
  if (width === 0) return [];
  const index = Math.floor(size / TILE_WIDTH);
  const entries = decodeEntries(await mustRead(tiles, origin, { level: 'entries', index, width }));
  if (!entries.ok) throw new Error(`The last bundle of ${origin} is malformed`);
  return entries.value;
}

async function mustRead(tiles: TileStore, origin: string, tile: Tile): Promise<Uint8Array> {
  const bytes = await tiles.read(origin, tile);
  if (bytes === null) throw new Error(`${origin}/${tilePath(tile)} is missing`);
  return bytes;
}
