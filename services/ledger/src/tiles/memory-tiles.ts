import type { Tile } from '@praya/tlog/tiles';
import {
  assertWhole,
  firstItems,
  sameBeginning,
  TileConflict,
  type TileFile,
  type TileStore,
} from './tile-store.ts';

/** Tiles in memory, for doubles and tests. */
export function createMemoryTiles(): TileStore {
  const files = new Map<string, { readonly origin: string } & TileFile>();
  const keyOf = (origin: string, { level, index }: Tile) => `${origin}\n${level}/${index}`;
  return {
    write: async (origin, written) => {
      assertWhole(origin, written);
      for (const { tile, bytes } of written) {
        const standing = files.get(keyOf(origin, tile));
        if (standing !== undefined && !sameBeginning(standing.bytes, bytes))
          throw new TileConflict(origin, tile);
        if ((standing?.tile.width ?? 0) < tile.width)
          files.set(keyOf(origin, tile), { origin, tile, bytes: bytes.slice() });
      }
    },
    read: async (origin, tile) => {
      const standing = files.get(keyOf(origin, tile));
      return standing === undefined ? null : firstItems(tile, standing.bytes);
    },
    list: async function* (origin) {
      for (const file of files.values()) if (file.origin === origin) yield file.tile;
    },
  };
}
