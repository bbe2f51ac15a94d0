import type { Frontier } from './frontier.ts';
import { HASH_BYTES, type HasherInto } from './merkle-hash.ts';
import { TILE_HEIGHT, TILE_WIDTH, type Tile } from './tiles.ts';
import { isCount } from './tree-range.ts';

/** A tile of hashes and what is in it. */
export type HashTile = { readonly tile: Tile & { readonly level: number }; readonly bytes: Uint8Array };

/**
 * A tree that is appended to, with no more in memory than its right edge: the one tile of each level that is not full.
 */
export type GrowingTree = {
  readonly size: number;
  /** Appends leaf hashes. Errors: throws on a hash that is not 32 bytes long, having appended those before it. */
  append(leafHashes: readonly Uint8Array[]): void;
  /** The tiles that are new or wider than at the last call; each width of a tile is a copy of its own. */
  takeChanged(): HashTile[];
  frontier(): Frontier;
  root(): Uint8Array;
};

/** The tiles that a tree of this size needs to grow on: at most one of each level. */
export function edgeTiles(size: number): readonly (Tile & { readonly level: number })[] {
  if (!isCount(size)) throw new RangeError(`A tree cannot have ${size} leaves`);
  const tiles: (Tile & { readonly level: number })[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}

/**
 * A tree that goes on from its right edge, or begins.
 *
 * Shape   `edge` are the `edgeTiles` of the size, with exactly the bytes of their widths
 * Errors  throws on an edge that is not that of the size
 */
export function growTree(
  hashInto: HasherInto,
  from: { readonly size: number; readonly edge: readonly HashTile[] } = { size: 0, edge: [] },
): GrowingTree {
  let size = from.size;
  const reduce = createReducer(hashInto);
  const levels = levelsOf(from);
  let full: HashTile[] = [];

  const push = (height: number, hash: Uint8Array): void => {
    const level = levels[height] ?? emptyLevel(0);
    levels[height] = level;
    level.bytes.set(hash, level.width * HASH_BYTES);
    level.width += 1;
    level.changed = true;
    if (level.width < TILE_WIDTH) return;
    full.push({ tile: { level: height, index: level.index, width: TILE_WIDTH }, bytes: level.bytes });
    levels[height] = emptyLevel(level.index + 1);
    push(height + 1, reduce(level.bytes, 0, TILE_WIDTH));
  };
  const frontier = (): Frontier => ({
    size,
    hashes: levels.toReversed().flatMap(({ bytes, width }) => subtreesOf(reduce, bytes, width)),
  });

  return {
    get size() {
      return size;
    },
    append(leafHashes) {
      for (const leaf of leafHashes) {
        if (leaf.length !== HASH_BYTES) throw new RangeError(`A leaf hash has 32 bytes, not ${leaf.length}`);
        push(0, leaf);
        size += 1;
      }
    },
    takeChanged() {
      const taken = full;
      full = [];
      for (const [height, level] of levels.entries()) {
        if (!level.changed || level.width === 0) continue;
        level.changed = false;
        const tile = { level: height, index: level.index, width: level.width };
        taken.push({ tile, bytes: level.bytes.slice(0, level.width * HASH_BYTES) });
      }
      return taken;
    },
    frontier,
    root: () => joined(hashInto, frontier().hashes),
  };
}

type Level = { readonly index: number; readonly bytes: Uint8Array; width: number; changed: boolean };
type Reduce = (bytes: Uint8Array, first: number, span: number) => Uint8Array;

function emptyLevel(index: number): Level {
  return { index, bytes: new Uint8Array(TILE_WIDTH * HASH_BYTES), width: 0, changed: false };
}

function levelsOf(from: { readonly size: number; readonly edge: readonly HashTile[] }): Level[] {
  const wanted = edgeTiles(from.size);
  const levels: Level[] = [];
  for (let hashes = from.size; hashes > 0; hashes = Math.floor(hashes / TILE_WIDTH)) {
    levels.push(emptyLevel(Math.floor(hashes / TILE_WIDTH)));
  }
  for (const { level, index, width } of wanted) {
    const given = from.edge.find(({ tile }) => tile.level === level && tile.index === index);
    const into = levels[level];
    if (into === undefined || given?.bytes.length !== width * HASH_BYTES)
      throw new RangeError(`The right edge lacks tile ${level}/${index} of ${width} hashes`);
    into.bytes.set(given.bytes);
    into.width = width;
  }
  return levels;
}

/** The root over ever smaller subtrees; of none, the hash of no bytes. */
function joined(hashInto: HasherInto, hashes: readonly Uint8Array[]): Uint8Array {
  const [last, ...larger] = hashes.toReversed();
  const root = new Uint8Array(HASH_BYTES);
  if (last === undefined) hashInto(new Uint8Array(), root, 0);
  else root.set(last);
  const node = new Uint8Array(1 + 2 * HASH_BYTES);
  node[0] = 1;
  for (const left of larger) {
    node.set(left, 1);
    node.set(root, 1 + HASH_BYTES);
    hashInto(node, root, 0);
  }
  return root;
}

/** The full subtrees of a tile, the largest first: one for each one-bit of its width. */
function subtreesOf(reduce: Reduce, bytes: Uint8Array, width: number): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  let first = 0;
  for (let height = TILE_HEIGHT - 1; height >= 0; height -= 1) {
    const span = 2 ** height;
    if ((width & span) === 0) continue;
    hashes.push(reduce(bytes, first, span));
    first += span;
  }
  return hashes;
}

/** Hashes a range of a tile into one; the space it works in is made once. */
function createReducer(hashInto: HasherInto): Reduce {
  const work = new Uint8Array(TILE_WIDTH * HASH_BYTES);
  const node = new Uint8Array(1 + 2 * HASH_BYTES);
  node[0] = 1;
  return (bytes, first, span) => {
    work.set(bytes.subarray(first * HASH_BYTES, (first + span) * HASH_BYTES));
    for (let hashes = span; hashes > 1; hashes /= 2) {
      for (let at = 0; at < hashes / 2; at += 1) {
        const start = at * 2 * HASH_BYTES;
        for (let byte = 0; byte < 2 * HASH_BYTES; byte += 1) node[1 + byte] = work[start + byte] ?? 0;
        hashInto(node, work, at * HASH_BYTES);
      }
    }
    return work.slice(0, HASH_BYTES);
  };
}
