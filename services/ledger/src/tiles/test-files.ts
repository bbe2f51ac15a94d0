import { encodeEntries } from '@praya/tlog/entry-bundle';
import { growTree } from '@praya/tlog/growing-tree';
import { leafHash } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH } from '@praya/tlog/tiles';
import { sha256, sha256Into } from '../sha256.ts';
import type { TileFile } from './tile-store.ts';

/** The files of a log that grows to 1000 entries, turn by turn; the same in every process. */
export function growingFiles(): TileFile[][] {
  const tree = growTree(sha256Into);
  const entries: Uint8Array[] = [];
  const turns: TileFile[][] = [];
  for (let turn = 0; entries.length < 1000; turn += 1) {
    const more = Array.from({ length: 1 + ((turn * 37) % 90) }, (_, at) =>
      Buffer.from(`entry ${entries.length + at}`),
    );
    entries.push(...more);
    tree.append(more.map((entry) => leafHash(sha256, entry)));
    const tiles = tree.takeChanged();
    const bundles = tiles
      .filter(({ tile }) => tile.level === 0)
      .map(({ tile }) => {
        const from = tile.index * TILE_WIDTH;
        const bytes = encodeEntries(entries.slice(from, from + tile.width));
        return { tile: { ...tile, level: 'entries' as const }, bytes };
      });
    turns.push([...tiles, ...bundles]);
  }
  return turns;
}
