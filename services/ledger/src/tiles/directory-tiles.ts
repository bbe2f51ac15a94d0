import { randomUUID } from 'node:crypto';
import { link, mkdir, open, opendir, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { parseTilePath, TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';
import {
  assertWhole,
  cutTile,
  pathOfOrigin,
  sameBeginning,
  TileConflict,
  type TileFile,
  type TileStore,
} from './tile-store.ts';

/** Where a test may end the process: in the middle of a file, before it has its name, after it. */
export type DirectoryFault = 'half-written' | 'before-name' | 'after-name';
type Options = { readonly faults?: (point: DirectoryFault) => void };
type Folder = { readonly path: string; readonly known: Set<string> } & Options;

/** Files that are written at once. */
const AT_ONCE = 16;

/**
 * Tiles in a directory, laid out as C2SP tlog-tiles serves them, so that any web server can: `<origin>/tile/0/x001/234`.
 * A file gets its name when it is whole and on the disk, by a link, which takes no name that is taken.
 */
export function createDirectoryTiles(path: string, options: Options = {}): TileStore {
  const folder: Folder = { path, known: new Set(), ...options };
  return {
    write: async (origin, files) => {
      assertWhole(origin, files);
      for (let from = 0; from < files.length; from += AT_ONCE)
        await writeSome(folder, origin, files.slice(from, from + AT_ONCE));
    },
    read: async (origin, tile) => {
      const standing = await findStanding(folder, origin, tile);
      return standing === null ? null : cutTile(origin, standing, tile);
    },
    list: (origin) => list(join(path, pathOfOrigin(origin))),
  };
}

async function writeSome(folder: Folder, origin: string, files: readonly TileFile[]): Promise<void> {
  const named = await Promise.all(files.map((file) => writeOne(folder, origin, file)));
  for (const directory of new Set(named.map(dirname))) await syncDirectory(directory);
  // two writers that were under way at once: whoever comes second sees the other
  await Promise.all(
    files.map(async (file) => {
      await assertStanding(folder, origin, file);
      await removeNarrower(folder, origin, file.tile);
    }),
  );
}

/** Answers the file that stands now: this one, or one at least as wide that begins with it. */
async function writeOne(folder: Folder, origin: string, { tile, bytes }: TileFile): Promise<string> {
  const standing = await findStanding(folder, origin, { ...tile, width: 1 });
  if (standing !== null && !sameBeginning(standing.bytes, bytes)) throw new TileConflict(origin, tile);
  if (standing !== null && standing.tile.width >= tile.width) return fileOf(folder, origin, standing.tile);
  const name = fileOf(folder, origin, tile);
  const unfinished = join(folder.path, '.unfinished', randomUUID());
  await Promise.all([makeDirectory(folder, dirname(name)), makeDirectory(folder, dirname(unfinished))]);
  try {
    await writeDurably(folder, unfinished, bytes);
    folder.faults?.('before-name');
    await giveName(folder, unfinished, name);
    folder.faults?.('after-name');
  } finally {
    await unlink(unfinished).catch(() => {});
  }
  return name;
}

async function writeDurably(folder: Folder, path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const half = Math.floor(bytes.length / 2);
    await file.writeFile(bytes.subarray(0, half));
    folder.faults?.('half-written');
    await file.writeFile(bytes.subarray(half));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function giveName(folder: Folder, unfinished: string, name: string): Promise<void> {
  try {
    await link(unfinished, name);
  } catch (error) {
    // the folder of partial tiles goes when the tile is full
    if (isMissing(error)) {
      folder.known.delete(dirname(name));
      await makeDirectory(folder, dirname(name));
      return giveName(folder, unfinished, name);
    }
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function assertStanding(folder: Folder, origin: string, { tile, bytes }: TileFile): Promise<void> {
  const standing = await findStanding(folder, origin, tile);
  if (standing === null) throw new Error(`${origin}/${tilePath(tile)} is gone`);
  if (!sameBeginning(standing.bytes, bytes)) throw new TileConflict(origin, tile);
}

/** Narrower widths of a tile that stands wider say nothing more. */
async function removeNarrower(folder: Folder, origin: string, tile: Tile): Promise<void> {
  const directory = partialsOf(folder, origin, tile);
  if (tile.width === TILE_WIDTH) return rm(directory, { recursive: true, force: true });
  for (const width of await widthsIn(directory))
    if (width < tile.width) await unlink(join(directory, String(width))).catch(() => {});
}

/** The narrowest file that holds the width, or, if need be, another; null when there is none. */
async function findStanding(folder: Folder, origin: string, tile: Tile): Promise<TileFile | null> {
  const directory = partialsOf(folder, origin, tile);
  // between two looks a partial tile may become a wider one or the full one, never less
  for (let look = 0; ; look += 1) {
    const full = { ...tile, width: TILE_WIDTH };
    const bytes = await readIfThere(fileOf(folder, origin, full));
    if (bytes !== null) return { tile: full, bytes };
    const widths = (await widthsIn(directory)).filter((width) => width >= tile.width);
    const width = widths.at(-1);
    if (width === undefined && look > 0) return null;
    if (width === undefined) continue;
    const partial = await readIfThere(join(directory, String(width)));
    if (partial !== null) return { tile: { ...tile, width }, bytes: partial };
  }
}

async function widthsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names
    .map(Number)
    .filter((width) => Number.isInteger(width) && width > 0 && width < TILE_WIDTH)
    .sort((one, other) => one - other);
}

async function* list(root: string): AsyncGenerator<Tile> {
  try {
    for await (const entry of await opendir(root, { recursive: true })) {
      if (!entry.isFile()) continue;
      const tile = parseTilePath(relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
      if (tile.ok) yield tile.value;
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Makes a directory so that it is there after a power cut. */
async function makeDirectory(folder: Folder, directory: string): Promise<void> {
  if (folder.known.has(directory)) return;
  const first = await mkdir(directory, { recursive: true });
  for (let made = directory; first !== undefined && made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made));
  folder.known.add(directory);
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch((error: unknown) => {
    // partial tiles that another writer has replaced by the full one
    if (isMissing(error)) return null;
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function fileOf(folder: Folder, origin: string, tile: Tile): string {
  return join(folder.path, pathOfOrigin(origin), tilePath(tile));
}

function partialsOf(folder: Folder, origin: string, tile: Tile): string {
  return `${fileOf(folder, origin, { ...tile, width: TILE_WIDTH })}.p`;
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
