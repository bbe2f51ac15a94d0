import type { Database } from '@praya/kernel/database';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { createTileReader, tileOfNode, tileWidth } from '@praya/tlog/tiles';
import type { NodeReader, TreeNode } from '@praya/tlog/tree-range';
import { hasher, type TileGrowth } from '../rules.ts';
import { readTiles } from '../store.ts';

/**
 * Tiles this process has seen. A tile only grows, so what is remembered is never wrong, only short.
 */
export type TileMemory = {
  /** Fetches what these nodes need and answers a reader of them. */
  readerOf(nodes: readonly TreeNode[], size: number): Promise<NodeReader>;
  /** After a commit: tiles have grown by this much. */
  grow(growth: readonly TileGrowth[]): void;
};

const REMEMBERED_TILES = 1000;

/** Remembers up to a thousand tiles, the least recently used go first. 8 MB at most. */
export function createTileMemory(db: Database): TileMemory {
  const tiles = new Map<string, Uint8Array>();
  const remember = (key: string, bytes: Uint8Array) => {
    tiles.delete(key);
    tiles.set(key, bytes);
    if (tiles.size > REMEMBERED_TILES) tiles.delete(tiles.keys().next().value ?? '');
  };
  return {
    grow: (growth) => {
      for (const { level, index, offset, hashes } of growth) {
        const key = keyOf(level, index);
        const before = offset === 0 ? new Uint8Array() : tiles.get(key);
        if (before?.length === offset * HASH_BYTES) remember(key, Buffer.concat([before, ...hashes]));
      }
    },
    readerOf: async (nodes, size) => {
      const wanted = new Map(
        nodes.map((node) => tileOfNode(node)).map((tile) => [keyOf(tile.level, tile.index), tile]),
      );
      const found = new Map<string, Uint8Array>();
      for (const [key, tile] of wanted) {
        const known = tiles.get(key);
        if (known !== undefined && known.length >= bytesAt(tile, size)) found.set(key, known);
      }
      const missing = [...wanted].filter(([key]) => !found.has(key)).map(([, tile]) => tile);
      const loaded = missing.length === 0 ? [] : await readTiles(db, missing);
      for (const { level, index, hashes } of loaded) found.set(keyOf(level, index), hashes);
      for (const [key, bytes] of found) remember(key, bytes);
      return remembering(
        createTileReader(hasher, (level, index) => found.get(keyOf(level, index)) ?? new Uint8Array()),
      );
    },
  };
}

// A node in the middle of a tile is hashed from up to 128 others; a batch of proofs asks for the same few.
function remembering(read: NodeReader): NodeReader {
  const known = new Map<string, Uint8Array>();
  return (level, index) => {
    const key = keyOf(level, index);
    const hash = known.get(key) ?? read(level, index);
    known.set(key, hash);
    return hash;
  };
}

function bytesAt(tile: { level: number; index: number }, size: number): number {
  return tileWidth(tile, size) * HASH_BYTES;
}

function keyOf(level: number, index: number): string {
  return `${level}/${index}`;
}
