import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';

/** A tile or an entry bundle and exactly the bytes of its width. */
export type TileFile = { readonly tile: Tile; readonly bytes: Uint8Array };

/**
 * Where tiles and entry bundles are kept. What stands is never changed: a tile only grows at its end.
 * Files of one call are independent: when one is refused others may have been written.
 */
export interface TileStore {
  /**
   * Durable when it resolves. The same bytes again are fine, so is less than stands already.
   * Errors: throws TileConflict where other bytes stand, RangeError on bytes that are not of their width.
   */
  write(origin: string, files: readonly TileFile[]): Promise<void>;
  /**
   * Exactly `width` items, cut from a wider one if need be; null where there are fewer.
   * Errors: throws TileDamaged when what stands is not what it says to be.
   */
  read(origin: string, tile: Tile): Promise<Uint8Array | null>;
  /** Every tile of a log as wide as it stands, in no order. A tile may come more than once, then once at its full width. */
  list(origin: string): AsyncIterable<Tile>;
}

/** Other bytes stand where a tile was to be written. */
export class TileConflict extends Error {
  override readonly name = 'TileConflict';
  constructor(origin: string, tile: Tile) {
    super(`Other bytes stand at ${origin}/${tilePath(tile)}`);
  }
}

/** The bytes of a tile are cut short or are no entries. */
export class TileDamaged extends Error {
  override readonly name = 'TileDamaged';
  constructor(origin: string, tile: Tile) {
    super(`${origin}/${tilePath(tile)} is damaged`);
  }
}

/** The first `width` items of a tile's bytes; null when they do not hold so many. Shares their memory. */
export function firstItems(tile: Tile, bytes: Uint8Array): Uint8Array | null {
  const end = endOfItems(tile, bytes);
  return end === null ? null : bytes.subarray(0, end);
}

/**
 * What a reader of a tile gets of one that stands: cut to its width, null when it is too narrow.
 * Errors: throws TileDamaged when what stands is not exactly of the width that it says.
 */
export function cutTile(origin: string, standing: TileFile, tile: Tile): Uint8Array | null {
  if (standing.tile.width < tile.width) return null;
  if (!isWhole(standing.tile, standing.bytes)) throw new TileDamaged(origin, standing.tile);
  return firstItems(tile, standing.bytes);
}

/** Whether these are exactly the items of the tile. */
export function isWhole(tile: Tile, bytes: Uint8Array): boolean {
  return isTile(tile) && endOfItems(tile, bytes) === bytes.length;
}

/** Whether one begins with the other: two widths of one tile. */
export function sameBeginning(one: Uint8Array, other: Uint8Array): boolean {
  const length = Math.min(one.length, other.length);
  return Buffer.compare(one.subarray(0, length), other.subarray(0, length)) === 0;
}

/** Refuses a write whose bytes are not of their width, before anything is written. */
export function assertWhole(origin: string, files: readonly TileFile[]): void {
  const wrong = files.find(({ tile, bytes }) => !isWhole(tile, bytes));
  if (wrong !== undefined)
    throw new RangeError(`These are not the bytes of ${origin}/${tilePath(wrong.tile)}`);
}

/** An origin as a path: a host and folders. Errors: throws on one that would lead elsewhere. */
export function pathOfOrigin(origin: string): string {
  if (!/^[A-Za-z0-9][\w.:-]*(\/[A-Za-z0-9][\w.:-]*)*$/.test(origin))
    throw new RangeError(`No place for the log ${origin}`);
  return origin;
}

function isTile({ level, index, width }: Tile): boolean {
  const levelFits = level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= 63);
  const indexFits = Number.isSafeInteger(index) && index >= 0;
  return levelFits && indexFits && Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH;
}

function endOfItems({ level, width }: Tile, bytes: Uint8Array): number | null {
  if (level !== 'entries') return width * HASH_BYTES <= bytes.length ? width * HASH_BYTES : null;
  let at = 0;
  for (let item = 0; item < width; item += 1) {
    const high = bytes[at];
    const low = bytes[at + 1];
    if (high === undefined || low === undefined) return null;
    at += 2 + high * 256 + low;
  }
  return at <= bytes.length ? at : null;
}
