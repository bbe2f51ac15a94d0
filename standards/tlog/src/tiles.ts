import { HASH_BYTES, type Hasher } from './merkle-hash.ts';
import { found, refused, type TlogResult } from './result.ts';
import { isCount, joinHashes, type NodeReader, type TreeNode } from './tree-range.ts';

/** The number of hashes in a full tile. */
export const TILE_WIDTH = 256;

/** The number of tree levels that one tile covers. */
export const TILE_HEIGHT = 8;

/**
 * One tile of the tree, or one bundle of entries.
 *
 * Shape   level 0…63 or `entries`; width 1…256, below 256 when partial
 */
export type Tile = {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
};

/**
 * The path of a tile.
 *
 * Shape   `tile/<L>/<N>[.p/<W>]`, N in groups of three digits: 1234067 → `x001/x234/067`
 * Source  C2SP tlog-tiles, “Merkle Tree”, “Log entries”
 */
export function tilePath(tile: Tile): string {
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
  return `tile/${tile.level}/${indexPath(tile.index)}${partial}`;
}

/**
 * Reads the path of a tile; only the one canonical path of a tile is accepted.
 *
 * Errors  tlog.tile-path
 */
export function parseTilePath(path: string): TlogResult<Tile> {
  const parts = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (parts?.[1] === undefined || parts[2] === undefined) return refused('tlog.tile-path');
  const level = parts[1] === 'entries' ? ('entries' as const) : Number(parts[1]);
  const index = Number(parts[2].replaceAll(/[x/]/g, ''));
  const width = parts[3] === undefined ? TILE_WIDTH : Number(parts[3]);
  const tile = { level, index, width };
  const canonical =
    isCount(index) && width > 0 && (level === 'entries' || level <= 63) && tilePath(tile) === path;
  return canonical ? found(tile) : refused('tlog.tile-path');
}

/**
 * How many hashes a tile holds in a tree of this size; 0 when the tree does not have it.
 *
 * Source  C2SP tlog-tiles, “Partial Tiles”
 */
export function tileWidth(at: { readonly level: number; readonly index: number }, size: number): number {
  const hashesAtLevel = Math.floor(size / TILE_WIDTH ** at.level);
  return Math.min(TILE_WIDTH, Math.max(0, hashesAtLevel - at.index * TILE_WIDTH));
}

/**
 * The tiles that a tree holds at `to` leaves and did not hold, or held narrower, at `from`; lowest level first.
 * The entry bundles that changed are those of level 0.
 */
export function changedTiles(from: number, to: number): readonly (Tile & { readonly level: number })[] {
  if (!isCount(from) || !isCount(to) || from > to)
    throw new RangeError(`No tree grows from ${from} to ${to}`);
  const tiles: (Tile & { readonly level: number })[] = [];
  for (
    let level = 0, span = 1;
    Math.floor(to / span) > Math.floor(from / span);
    level += 1, span *= TILE_WIDTH
  ) {
    const before = Math.floor(from / span);
    const after = Math.floor(to / span);
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < after; index += 1) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, after - index * TILE_WIDTH) });
    }
  }
  return tiles;
}

/** The bytes of a tile: its hashes, one after the other. */
export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [at, hash] of hashes.entries()) {
    if (hash.length !== HASH_BYTES) throw new RangeError(`A hash has 32 bytes, not ${hash.length}`);
    bytes.set(hash, at * HASH_BYTES);
  }
  return bytes;
}

/**
 * The hashes of a tile.
 *
 * Errors  tlog.tile-length: not a whole number of hashes, none, or more than 256
 */
export function decodeTile(bytes: Uint8Array): TlogResult<readonly Uint8Array[]> {
  const width = bytes.length / HASH_BYTES;
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) return refused('tlog.tile-length');
  return found(
    Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  );
}

/** The tile in which a node's hash is found, or from which it is computed. */
export function tileOfNode(node: TreeNode): { readonly level: number; readonly index: number } {
  const span = 2 ** (node.level % TILE_HEIGHT);
  return { level: Math.floor(node.level / TILE_HEIGHT), index: Math.floor((node.index * span) / TILE_WIDTH) };
}

/**
 * Reads nodes out of tiles, as the proofs want them. `tileBytes` may answer a wider tile than asked for.
 *
 * Errors  the reader throws on a node whose tile is too narrow to hold it
 */
export function createTileReader(
  hasher: Hasher,
  tileBytes: (level: number, index: number) => Uint8Array,
): NodeReader {
  return (level, index) => {
    const tile = tileOfNode({ level, index });
    const bytes = tileBytes(tile.level, tile.index);
    const span = 2 ** (level % TILE_HEIGHT);
    const first = (index * span) % TILE_WIDTH;
    if (bytes.length < (first + span) * HASH_BYTES) {
      throw new RangeError(`Tile ${tile.level}/${tile.index} does not hold node ${level}/${index}`);
    }
    return hashOfTileRange(hasher, bytes, { first, span });
  };
}

function hashOfTileRange(
  hasher: Hasher,
  bytes: Uint8Array,
  range: { first: number; span: number },
): Uint8Array {
  let hashes: Uint8Array[] = Array.from({ length: range.span }, (_, at) => {
    const start = (range.first + at) * HASH_BYTES;
    return bytes.slice(start, start + HASH_BYTES);
  });
  while (hashes.length > 1) {
    const pairs = hashes;
    hashes = Array.from({ length: pairs.length / 2 }, (_, at) =>
      joinHashes(hasher, pairs.slice(2 * at, 2 * at + 2)),
    );
  }
  return joinHashes(hasher, hashes);
}

function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
}
