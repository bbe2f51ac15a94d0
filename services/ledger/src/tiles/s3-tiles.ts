import { decodeEntries } from '@praya/tlog/entry-bundle';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { parseTilePath, TILE_WIDTH, type Tile, tilePath } from '@praya/tlog/tiles';
import { openBucket, type S3Bucket, type S3Object, type S3Options } from './s3-bucket.ts';
import {
  assertWhole,
  cutTile,
  pathOfOrigin,
  sameBeginning,
  TileConflict,
  TileDamaged,
  type TileFile,
  type TileStore,
} from './tile-store.ts';

type Standing = { readonly file: TileFile; readonly etag: string };
type Store = { readonly bucket: S3Bucket; readonly partials: Map<string, Standing>; tried: boolean };

const PARTIAL = '.partial';
const TRIAL = 'conditional-writes.txt';
/** Requests at once, and how often a write that others are quicker at is tried. */
const AT_ONCE = 16;
const TRIES = 20;
/** Right edges that are remembered, so that a partial tile need not be read before it is written. */
const REMEMBERED = 256;

/**
 * Tiles in an object store that speaks S3 and knows conditional writes. Full tiles lie as C2SP tlog-tiles serves them;
 * of a partial one there is one object beside, which grows: it is replaced only in the state in which it was read.
 */
export function createS3Tiles(options: S3Options): TileStore {
  const store: Store = { bucket: openBucket(options), partials: new Map(), tried: false };
  return {
    write: async (origin, files) => {
      assertWhole(origin, files);
      if (files.length > 0 && !store.tried) await tryConditions(store);
      for (let from = 0; from < files.length; from += AT_ONCE)
        await Promise.all(files.slice(from, from + AT_ONCE).map((file) => writeOne(store, origin, file)));
    },
    read: async (origin, tile) => {
      const partial = tile.width < TILE_WIDTH ? await readPartial(store, origin, tile) : null;
      const cut = partial === null ? null : cutTile(origin, partial.file, tile);
      if (cut !== null) return cut;
      const full = await readFull(store, origin, tile);
      return full === null ? null : cutTile(origin, full, tile);
    },
    list: (origin) => list(store, origin),
  };
}

/** A store that does not know conditions overwrites in silence: that is found out before anything is written. */
async function tryConditions(store: Store): Promise<void> {
  const trial = Buffer.from('a second write of this object has to be refused\n');
  await store.bucket.putIf(TRIAL, trial, { absent: true });
  if ((await store.bucket.putIf(TRIAL, trial, { absent: true })) !== null)
    throw new Error('The object store does not know conditional writes (If-None-Match)');
  if ((await store.bucket.putIf(TRIAL, trial, { etag: '"0"' })) !== null)
    throw new Error('The object store does not know conditional writes (If-Match)');
  store.tried = true;
}

async function writeOne(store: Store, origin: string, file: TileFile): Promise<void> {
  if (file.tile.width === TILE_WIDTH) return writeFull(store, origin, file);
  const full = await readFull(store, origin, file.tile);
  if (full !== null) return assertSame(origin, full, file);
  const tag = await writePartial(store, origin, file);
  // the tile may have become full meanwhile: then what was written says nothing more, or the wrong thing
  const meanwhile = tag === null ? null : await readFull(store, origin, file.tile);
  if (meanwhile === null) return;
  await forgetPartial(store, origin, file.tile);
  assertSame(origin, meanwhile, file);
}

async function writeFull(store: Store, origin: string, file: TileFile): Promise<void> {
  const partial =
    store.partials.get(partialKey(origin, file.tile)) ?? (await readPartial(store, origin, file.tile));
  if (partial !== null) assertSame(origin, partial.file, file);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tag = await store.bucket.putIf(fullKey(origin, file.tile), file.bytes, { absent: true });
    const standing = tag === null ? await readFull(store, origin, file.tile) : file;
    if (standing === null) continue;
    assertSame(origin, standing, file);
    if (partial !== null) await forgetPartial(store, origin, file.tile);
    return;
  }
  throw busy(origin, file.tile);
}

/** Answers the tag of what was written; null when as much stood already. */
async function writePartial(store: Store, origin: string, file: TileFile): Promise<string | null> {
  const key = partialKey(origin, file.tile);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const standing = store.partials.get(key) ?? (await readPartial(store, origin, file.tile));
    if (standing !== null) assertSame(origin, standing.file, file);
    if (standing !== null && standing.file.tile.width >= file.tile.width) return null;
    const condition = standing === null ? ({ absent: true } as const) : { etag: standing.etag };
    const etag = await store.bucket.putIf(key, file.bytes, condition);
    if (etag !== null) {
      remember(store, key, { file, etag });
      return etag;
    }
    store.partials.delete(key);
  }
  throw busy(origin, file.tile);
}

async function forgetPartial(store: Store, origin: string, tile: Tile): Promise<void> {
  store.partials.delete(partialKey(origin, tile));
  await store.bucket.remove(partialKey(origin, tile));
}

function remember(store: Store, key: string, standing: Standing): void {
  store.partials.delete(key);
  store.partials.set(key, standing);
  if (store.partials.size > REMEMBERED) store.partials.delete(store.partials.keys().next().value ?? '');
}

async function readFull(store: Store, origin: string, tile: Tile): Promise<TileFile | null> {
  const full = { ...tile, width: TILE_WIDTH };
  const object = await store.bucket.get(fullKey(origin, tile));
  if (object === null) return null;
  if (!object.intact) throw new TileDamaged(origin, full);
  return { tile: full, bytes: object.bytes };
}

async function readPartial(store: Store, origin: string, tile: Tile): Promise<Standing | null> {
  const object = await store.bucket.get(partialKey(origin, tile));
  if (object === null) return null;
  const width = widthOf(tile, object);
  if (width === null) throw new TileDamaged(origin, tile);
  return { file: { tile: { ...tile, width }, bytes: object.bytes }, etag: object.etag };
}

async function* list({ bucket }: Store, origin: string): AsyncGenerator<Tile> {
  const root = `${pathOfOrigin(origin)}/`;
  for await (const { key } of bucket.list(`${root}tile/`)) {
    const path = key.slice(root.length);
    const parsed = parseTilePath(path.endsWith(PARTIAL) ? path.slice(0, -PARTIAL.length) : path);
    if (!parsed.ok || parsed.value.width < TILE_WIDTH) continue;
    if (!path.endsWith(PARTIAL)) yield parsed.value;
    else {
      const object = await bucket.get(key);
      const width = object === null ? null : widthOf(parsed.value, object);
      if (width !== null) yield { ...parsed.value, width };
    }
  }
}

/** How many items an object holds; null when it is not what was put there. */
function widthOf(tile: Tile, { bytes, intact }: S3Object): number | null {
  if (!intact) return null;
  const entries = tile.level === 'entries' ? decodeEntries(bytes) : null;
  const width = entries === null ? bytes.length / HASH_BYTES : entries.ok ? entries.value.length : 0;
  return Number.isInteger(width) && width > 0 && width < TILE_WIDTH ? width : null;
}

function assertSame(origin: string, standing: TileFile, file: TileFile): void {
  if (!sameBeginning(standing.bytes, file.bytes)) throw new TileConflict(origin, file.tile);
}

function busy(origin: string, tile: Tile): Error {
  return new Error(`Others were quicker at ${origin}/${tilePath(tile)} each of ${TRIES} times`);
}

function fullKey(origin: string, tile: Tile): string {
  return `${pathOfOrigin(origin)}/${tilePath({ ...tile, width: TILE_WIDTH })}`;
}

function partialKey(origin: string, tile: Tile): string {
  return fullKey(origin, tile) + PARTIAL;
}
