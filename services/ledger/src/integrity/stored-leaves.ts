import { decodeEntries } from '@praya/tlog/entry-bundle';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';
import { splitHashes } from '../integration/journal.ts';
import { leafHashes } from '../sha256.ts';
import { TileDamaged, type TileStore } from '../tiles/tile-store.ts';
import type { Findings } from './findings.ts';

/** Up to 256 leaves as a bundle and as the lowest tile have them; null where there is none to be had. */
export type StoredLeaves = {
  readonly index: number;
  readonly width: number;
  readonly entries: readonly Uint8Array[] | null;
  /** the hashes of the entries, one after the other */
  readonly counted: Uint8Array | null;
  readonly tile: Uint8Array | null;
};

/** Files that are read before they are needed. */
const AHEAD = 8;

/** Every bundle with its tile, in order; what is missing or damaged is noted. */
export async function* readLeaves(
  log: { readonly tiles: TileStore; readonly origin: string; readonly findings: Findings },
  size: number,
): AsyncGenerator<StoredLeaves> {
  const coming: Promise<StoredLeaves>[] = [];
  for (let index = 0; index * TILE_WIDTH < size || coming.length > 0; index += 1) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    if (width > 0) coming.push(readOne(log, { index, width }));
    // an error is met when its turn comes
    coming.at(-1)?.catch(() => {});
    const next = width > 0 && coming.length < AHEAD ? undefined : coming.shift();
    if (next !== undefined) yield await next;
  }
}

/** Reads a file for the check; what is not to be had is noted. */
export async function readOrNote(
  log: { readonly tiles: TileStore; readonly origin: string; readonly findings: Findings },
  tile: Tile,
): Promise<Uint8Array | null> {
  const file = tile.level === 'entries' ? 'bundle' : 'tile';
  try {
    const bytes = await log.tiles.read(log.origin, tile);
    if (bytes === null) log.findings.add(`${file}-missing`, tilePath(tile));
    return bytes;
  } catch (error) {
    if (!(error instanceof TileDamaged)) throw error;
    log.findings.add(`${file}-changed`, tilePath(tile));
    return null;
  }
}

/**
 * Whom to believe where entries and tile disagree: the one that the hashes above vouch for.
 * Notes what is wrong with the other, and answers the leaves to count on with; null when there are none.
 */
export function judgeLeaves(
  findings: Findings,
  leaves: StoredLeaves,
  /** `known`: there are hashes above to ask */
  vouched: { readonly counted: boolean; readonly tile: boolean; readonly known: boolean },
): Uint8Array | null {
  const { index, width, counted, tile } = leaves;
  if (counted === null) return tile;
  if (tile === null) {
    if (vouched.known && !vouched.counted)
      findings.add('bundle-changed', tilePath({ level: 'entries', index, width }));
    return counted;
  }
  if (!vouched.tile) findings.add('tile-changed', tilePath({ level: 0, index, width }));
  if (!vouched.counted) {
    const standing = splitHashes(tile);
    for (const [at, hash] of splitHashes(counted).entries())
      if (Buffer.compare(hash, standing[at] ?? hash) !== 0)
        findings.add('entry-changed', index * TILE_WIDTH + at);
  }
  return vouched.tile ? tile : counted;
}

async function readOne(
  log: { readonly tiles: TileStore; readonly origin: string; readonly findings: Findings },
  { index, width }: { index: number; width: number },
): Promise<StoredLeaves> {
  const [bundle, tile] = await Promise.all([
    readOrNote(log, { level: 'entries', index, width }),
    readOrNote(log, { level: 0, index, width }),
  ]);
  const decoded = bundle === null ? null : decodeEntries(bundle);
  const entries = decoded?.ok === true ? decoded.value : null;
  return {
    index,
    width,
    entries,
    counted: entries === null ? null : leafHashes(entries),
    tile: tile?.length === width * HASH_BYTES ? tile : null,
  };
}
