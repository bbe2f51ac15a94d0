import type { GrowingTree } from '@praya/tlog/growing-tree';
import { TILE_WIDTH, type Tile, tilePath, tileWidth } from '@praya/tlog/tiles';
import { growLog } from '../integration/growing-log.ts';
import type { Batch } from '../sequencer/sequencer.ts';
import { sameBeginning, type TileStore } from '../tiles/tile-store.ts';
import type { Findings } from './findings.ts';
import { readOrNote } from './stored-leaves.ts';

type Log = { readonly tiles: TileStore; readonly origin: string; readonly findings: Findings };

/** More than any backlog; a store that has so many tiles too many has them for another reason. */
const MOST_TILES = 50_000;

/** Tiles that stand wider than the tree: a turn was written and the tree not yet moved. */
export async function tilesBeyond(log: Log, treeSize: number): Promise<Map<string, Tile>> {
  const beyond = new Map<string, Tile>();
  for await (const tile of log.tiles.list(log.origin)) {
    if (tile.width <= widthAt(tile, treeSize)) continue;
    if (beyond.size >= MOST_TILES) break;
    const key = keyOf(tile);
    if ((beyond.get(key)?.width ?? 0) < tile.width) beyond.set(key, tile);
  }
  return beyond;
}

/** Compares those tiles with what the journal will make of them. */
export async function compareBeyond(
  log: Log,
  at: {
    readonly tree: GrowingTree;
    readonly entries: readonly Uint8Array[];
    readonly tiles: Map<string, Tile>;
  },
  batches: AsyncGenerator<Batch>,
): Promise<void> {
  const growing = growLog(log.origin, at.tree, at.entries);
  for await (const batch of batches) {
    const skip = at.tree.size - batch.first;
    if (skip < 0) return;
    const [leaves, entries] = [batch.leaves.slice(skip), batch.entries.slice(skip)];
    growing.append({ ...batch, first: at.tree.size, leaves, entries });
    for (const { tile, bytes } of growing.takeChanged()) {
      const standing = at.tiles.get(keyOf(tile));
      if (standing === undefined) continue;
      const width = Math.min(tile.width, standing.width);
      const stands = await readOrNote(log, { ...tile, width });
      if (stands !== null && !sameBeginning(stands, bytes)) noteChanged(log.findings, { ...tile, width });
    }
  }
}

/** No tile is wider than all that was ever sequenced. */
export function noteSurplus(findings: Findings, tiles: Map<string, Tile>, sequenced: number): void {
  for (const tile of tiles.values()) if (tile.width > widthAt(tile, sequenced)) noteChanged(findings, tile);
}

function noteChanged(findings: Findings, tile: Tile): void {
  findings.add(tile.level === 'entries' ? 'bundle-changed' : 'tile-changed', tilePath(tile));
}

function widthAt(tile: Tile, size: number): number {
  const level = tile.level === 'entries' ? 0 : tile.level;
  return Math.min(TILE_WIDTH, tileWidth({ level, index: tile.index }, size));
}

function keyOf({ level, index }: Tile): string {
  return `${level}/${index}`;
}
