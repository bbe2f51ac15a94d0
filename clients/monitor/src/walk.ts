import { appendLeafHashes, type Frontier, frontierRoot } from '@praya/tlog/frontier';
import { edgeTiles, type GrowingTree, growTree, type HashTile } from '@praya/tlog/growing-tree';
import { HASH_BYTES, leafHash, sameBytes } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, tilePath, tileWidth } from '@praya/tlog/tiles';
import { ahead } from './ahead.ts';
import { hashInto, sha256 } from './crypto.ts';
import { FileWrong, type LogFiles } from './log-files.ts';

/** The right edge of a tree, by which it can be gone on with. */
export type TreeEdge = { readonly size: number; readonly edge: readonly HashTile[] };

/** A file that is not what the tree says it is. */
export type FileFault = { readonly path: string; readonly why: string };

/** An entry as it passes; `entry` is null where its bundle is damaged and only its hash is known. */
export type PassingEntry = {
  readonly index: number;
  readonly entry: Uint8Array | null;
  readonly hash: Uint8Array;
};

export type WalkNeeds = {
  readonly files: LogFiles;
  readonly start: TreeEdge;
  readonly to: { readonly size: number; readonly root: Uint8Array };
  /** A tree that was seen before, on the way or at the start. */
  readonly by?: { readonly size: number; readonly root: Uint8Array };
  see(entry: PassingEntry): void;
};

/**
 * What a walk found.
 *
 * Shape   `leads`: the entries lead to the root; `passed`: and by the tree that was seen before; `faults` are sure
 *         where the walk leads, else only suspected
 */
export type Walk = {
  readonly leads: boolean;
  readonly passed: boolean;
  readonly edge: TreeEdge;
  readonly faults: readonly FileFault[];
};

const WIDTH = 8;
export const NO_TREE: TreeEdge = { size: 0, edge: [] };

/**
 * Reads the entries from a known tree to a larger one, grows the tree from them, and compares every tile that the
 * log has published of it. Where a bundle and its tile differ, the tile above says which of them is wrong.
 *
 * Errors  Unreachable
 */
export async function walk(needs: WalkNeeds): Promise<Walk> {
  const course = startCourse(needs);
  const first = Math.floor(needs.start.size / TILE_WIDTH);
  const last = Math.ceil(needs.to.size / TILE_WIDTH);
  const fetchOne = (index: number) => fetchPair(needs, index);
  for await (const pair of ahead(range(first, last), { width: WIDTH, fetchOne })) {
    const hashes = await judge(needs, course, pair);
    if (hashes === null) return { leads: false, passed: false, edge: needs.start, faults: course.faults };
    take(needs, course, { pair, hashes });
  }
  return arrive(needs, course);
}

type Pair = {
  readonly index: number;
  readonly width: number;
  readonly entries: readonly Uint8Array[] | null;
  /** from the entries */
  readonly computed: readonly Uint8Array[] | null;
  /** from the tile */
  readonly published: readonly Uint8Array[] | null;
  readonly faults: readonly FileFault[];
};

type Course = {
  readonly tree: GrowingTree;
  readonly faults: FileFault[];
  /** tiles above the leaves, by path */
  readonly upper: Map<string, HashTile>;
  readonly edge: Map<string, HashTile>;
  passed: boolean;
  /** the last tile, where nothing above it says whether it or its bundle is wrong */
  doubt: { readonly before: Frontier; readonly published: readonly Uint8Array[]; readonly pair: Pair } | null;
};

function startCourse({ start, by }: WalkNeeds): Course {
  const tree = growTree(hashInto, start);
  const edge = new Map(start.edge.map((tile) => [tilePath(tile.tile), tile]));
  const passed =
    by === undefined || by.size === 0 || (by.size === start.size && sameBytes(by.root, tree.root()));
  return { tree, faults: [], upper: new Map(), edge, passed, doubt: null };
}

async function fetchPair({ files, to }: WalkNeeds, index: number): Promise<Pair> {
  const width = tileWidth({ level: 0, index }, to.size);
  const [bundle, tile] = await Promise.all([
    settled(files.bundle({ index, width })),
    settled(files.tile({ level: 0, index, width })),
  ]);
  const faults = [bundle, tile].flatMap((one) => (one instanceof FileWrong ? [faultOf(one)] : []));
  const entries = bundle instanceof FileWrong ? null : bundle;
  const computed = entries?.map((entry) => leafHash(sha256, entry)) ?? null;
  const published = tile instanceof FileWrong ? null : split(tile);
  return { index, width, entries, computed, published, faults };
}

/** The leaf hashes of a bundle, as far as they can be known; null where neither file is readable. */
async function judge(needs: WalkNeeds, course: Course, pair: Pair): Promise<readonly Uint8Array[] | null> {
  const { index, width, computed, published } = pair;
  course.faults.push(...pair.faults);
  if (computed === null || published === null) return computed ?? published;
  const at = computed.findIndex((hash, place) => !sameBytes(hash, published[place] ?? new Uint8Array()));
  if (at < 0) return computed;
  const why = `Entry ${index * TILE_WIDTH + at} and its hash differ.`;
  const known = knownOf(needs.start, index);
  if (!beginsWith(computed, known) && beginsWith(published, known)) {
    course.faults.push({ path: bundlePath(pair), why });
    return published;
  }
  if (beginsWith(computed, known) && !beginsWith(published, known)) {
    course.faults.push({ path: leafTilePath(pair), why });
    return computed;
  }
  const above = width === TILE_WIDTH ? await hashAbove(needs, index) : null;
  if (above !== null && sameBytes(rootOf(published), above)) {
    course.faults.push({ path: bundlePath(pair), why });
    return published;
  }
  if (above !== null && sameBytes(rootOf(computed), above)) {
    course.faults.push({ path: leafTilePath(pair), why });
    return computed;
  }
  if (index === Math.ceil(needs.to.size / TILE_WIDTH) - 1)
    course.doubt = { before: course.tree.frontier(), published, pair };
  else course.faults.push({ path: bundlePath(pair), why }, { path: leafTilePath(pair), why });
  return computed;
}

/** The hashes that were seen before in the tile where the walk begins. */
function knownOf({ edge }: TreeEdge, index: number): readonly Uint8Array[] {
  const tile = edge.find((one) => one.tile.level === 0 && one.tile.index === index);
  return tile === undefined ? [] : split(tile.bytes);
}

function beginsWith(hashes: readonly Uint8Array[], known: readonly Uint8Array[]): boolean {
  return known.every((hash, at) => sameBytes(hash, hashes[at] ?? new Uint8Array()));
}

/** What the tile above says of a full tile of leaves; null where there is none yet. */
async function hashAbove({ files, to }: WalkNeeds, index: number): Promise<Uint8Array | null> {
  const above = { level: 1, index: Math.floor(index / TILE_WIDTH) };
  const width = tileWidth(above, to.size);
  const at = index % TILE_WIDTH;
  if (at >= width) return null;
  const tile = await settled(files.tile({ ...above, width }));
  return tile instanceof FileWrong ? null : (split(tile)[at] ?? null);
}

function take(needs: WalkNeeds, course: Course, from: { pair: Pair; hashes: readonly Uint8Array[] }): void {
  const { tree } = course;
  const { pair, hashes } = from;
  const begin = pair.index * TILE_WIDTH;
  const fresh = hashes.slice(tree.size - begin);
  for (const [at, hash] of fresh.entries()) {
    const index = tree.size + at;
    const isKept = pair.entries !== null && hashes === pair.computed;
    needs.see({ index, hash, entry: isKept ? (pair.entries?.[index - begin] ?? null) : null });
  }
  const { by } = needs;
  const rest = by !== undefined && by.size > tree.size ? by.size - tree.size : 0;
  if (by !== undefined && rest > 0 && rest <= fresh.length) {
    tree.append(fresh.slice(0, rest));
    course.passed = sameBytes(tree.root(), by.root);
    tree.append(fresh.slice(rest));
  } else tree.append(fresh);
  for (const one of tree.takeChanged()) keep(needs, course, one);
}

function keep({ to }: WalkNeeds, course: Course, one: HashTile): void {
  const path = tilePath(one.tile);
  course.edge.set(path, one);
  if (one.tile.width === TILE_WIDTH) course.edge.delete(path);
  // Of the widths that a tile passes through, the log has published the last one.
  if (one.tile.level > 0 && one.tile.width === tileWidth(one.tile, to.size)) course.upper.set(path, one);
}

async function arrive(needs: WalkNeeds, course: Course): Promise<Walk> {
  const { tree, faults, doubt, passed } = course;
  const wanted = edgeTiles(needs.to.size).flatMap((tile) => course.edge.get(tilePath(tile)) ?? []);
  const edge = { size: tree.size, edge: wanted };
  const leads = sameBytes(tree.root(), needs.to.root);
  const why = 'It is not what the tree says.';
  if (doubt !== null) {
    const otherRoot = frontierRoot(sha256, appendLeafHashes(sha256, doubt.before, skip(doubt)).frontier);
    const isBundle = !leads && sameBytes(otherRoot, needs.to.root);
    if (leads || !isBundle) faults.push({ path: leafTilePath(doubt.pair), why });
    if (!leads) faults.push({ path: bundlePath(doubt.pair), why });
    if (isBundle) return { leads: true, passed, edge, faults };
  }
  if (leads) faults.push(...(await wrongAbove(needs, course)));
  return { leads, passed, edge, faults };
}

/** The hashes of a doubtful tile that come after the tree as it was before. */
function skip({ before, published, pair }: NonNullable<Course['doubt']>): readonly Uint8Array[] {
  return published.slice(before.size - pair.index * TILE_WIDTH);
}

async function wrongAbove({ files }: WalkNeeds, { upper }: Course): Promise<readonly FileFault[]> {
  const faults: FileFault[] = [];
  const fetchOne = async ([path, { tile, bytes }]: [string, HashTile]) => {
    const published = await settled(files.tile(tile));
    if (published instanceof FileWrong) return faultOf(published);
    return sameBytes(published, bytes) ? null : { path, why: 'It is not what the entries say.' };
  };
  for await (const fault of ahead(upper, { width: WIDTH, fetchOne })) if (fault !== null) faults.push(fault);
  return faults;
}

function bundlePath({ index, width }: Pair): string {
  return tilePath({ level: 'entries', index, width });
}

function leafTilePath({ index, width }: Pair): string {
  return tilePath({ level: 0, index, width });
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const tree = growTree(hashInto);
  tree.append(hashes);
  return tree.root();
}

function split(tile: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, at) =>
    tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

async function settled<T>(reading: Promise<T>): Promise<T | FileWrong> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FileWrong) return error;
    throw error;
  }
}

function faultOf(error: FileWrong): FileFault {
  return { path: error.path, why: error.message };
}

function* range(from: number, until: number): Generator<number> {
  for (let at = from; at < until; at += 1) yield at;
}
