import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import type { Tile } from '@praya/tlog/tiles';
import { firstItems, type TileStore } from './tile-store.ts';

/** Units: tiles of at most 8 kB. */
const REMEMBERED_TILES = 1000;

/**
 * A store that remembers tiles of hashes, the least recently used go first. What is remembered is never wrong, only
 * narrower than what stands by now: a tile is not remembered beyond the width that was read or written.
 */
export function rememberTiles(store: TileStore, limits: { readonly tiles?: number } = {}): TileStore {
  const most = limits.tiles ?? REMEMBERED_TILES;
  const known = new Map<string, Uint8Array>();
  const asked = new Map<string, Promise<Uint8Array | null>>();
  const remember = (key: string, bytes: Uint8Array): void => {
    const before = known.get(key);
    known.delete(key);
    known.set(key, before !== undefined && before.length > bytes.length ? before : bytes);
    if (known.size > most) known.delete(known.keys().next().value ?? '');
  };
  const ask = async (origin: string, tile: Tile, key: string): Promise<Uint8Array | null> => {
    const bytes = await store.read(origin, tile);
    if (bytes !== null) remember(key, ownCopy(bytes));
    return known.get(key) ?? bytes;
  };
  return {
    write: async (origin, files) => {
      await store.write(origin, files);
      for (const { tile, bytes } of files) if (tile.level !== 'entries') remember(keyOf(origin, tile), bytes);
    },
    read: async (origin, tile) => {
      if (tile.level === 'entries') return store.read(origin, tile);
      const key = keyOf(origin, tile);
      const bytes = known.get(key);
      if (bytes !== undefined && bytes.length >= tile.width * HASH_BYTES) {
        remember(key, bytes);
        return firstItems(tile, bytes);
      }
      // many proofs of fresh entries ask for the same tile at once
      const question = `${key} ${tile.width}`;
      const answer = asked.get(question) ?? ask(origin, tile, key).finally(() => asked.delete(question));
      asked.set(question, answer);
      const read = await answer;
      return read === null ? null : firstItems(tile, read);
    },
    list: (origin) => store.list(origin),
  };
}

/** A small view of a large buffer would keep the large one in memory. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function keyOf(origin: string, tile: Tile): string {
  return `${origin}\n${tile.level}/${tile.index}`;
}
