import type { Database } from '@praya/kernel/database';
import type { Tile } from '@praya/tlog/tiles';
import { assertWhole, cutTile, TileConflict, type TileFile, type TileStore } from './tile-store.ts';

/** Entry bundles are the level below the hashes. */
const ENTRIES = -1;
/** Units: bytes. What one statement carries. */
const STATEMENT_BYTES = 4 * 1024 * 1024;
const LIST_PAGE = 5000;

/** Tiles in the table `tile_files`, one row to a tile; the row grows with it. */
export function createPostgresTiles(db: Database): TileStore {
  return {
    write: async (origin, files) => {
      assertWhole(origin, files);
      for (const some of statements(files)) {
        const written = await upsert(db, origin, some);
        if (written < some.length) await assertStanding(db, origin, some);
      }
    },
    read: async (origin, tile) => {
      const [row] = await db<{ width: number; bytes: Uint8Array }[]>`
        select width, bytes from tile_files
        where origin = ${origin} and level = ${levelOf(tile)} and index = ${tile.index}`;
      if (row === undefined) return null;
      return cutTile(origin, { tile: { ...tile, width: row.width }, bytes: row.bytes }, tile);
    },
    list: (origin) => list(db, origin),
  };
}

/** Inserts, or lets rows grow that begin with the same bytes. Answers how many were written. */
async function upsert(db: Database, origin: string, files: readonly TileFile[]): Promise<number> {
  const { bytes, from, length } = packed(files);
  const rows = await db`
    insert into tile_files (origin, level, index, width, bytes)
    select ${origin}, level, index, width, substr(packed.bytes, start, length)
    from (select decode(${bytes}, 'base64') as bytes offset 0) as packed, unnest(${files.map(({ tile }) => levelOf(tile))}::smallint[], ${files.map(({ tile }) => tile.index)}::bigint[],
        ${files.map(({ tile }) => tile.width)}::smallint[], ${from}::int[], ${length}::int[])
      as new (level, index, width, start, length),
      -- for this statement alone: what is answered is on the disk
      (select set_config('synchronous_commit', 'on', true)) as durable (setting)
    where durable.setting = 'on'
    order by level, index
    on conflict (origin, level, index) do update set width = excluded.width, bytes = excluded.bytes
      where excluded.width > tile_files.width
        and substr(excluded.bytes, 1, octet_length(tile_files.bytes)) = tile_files.bytes`;
  return rows.count;
}

/** What was not written has to stand already, as wide or wider. */
async function assertStanding(db: Database, origin: string, files: readonly TileFile[]): Promise<void> {
  const { bytes, from, length } = packed(files);
  const wrong = await db<{ place: bigint }[]>`
    select place from (select decode(${bytes}, 'base64') as bytes offset 0) as packed, unnest(${files.map(({ tile }) => levelOf(tile))}::smallint[],
        ${files.map(({ tile }) => tile.index)}::bigint[], ${from}::int[], ${length}::int[])
      with ordinality as new (level, index, start, length, place)
    where not exists (
      select from tile_files where origin = ${origin} and level = new.level and index = new.index
        and substr(tile_files.bytes, 1, length) = substr(packed.bytes, start, length))
    order by place limit 1`;
  const file = files[Number(wrong[0]?.place ?? 0n) - 1];
  if (file !== undefined) throw new TileConflict(origin, file.tile);
}

async function* list(db: Database, origin: string): AsyncGenerator<Tile> {
  let after = { level: ENTRIES, index: -1n };
  for (;;) {
    const rows = await db<{ level: number; index: bigint; width: number }[]>`
      select level, index, width from tile_files
      where origin = ${origin} and (level, index) > (${after.level}, ${after.index})
      order by level, index limit ${LIST_PAGE}`;
    for (const { level, index, width } of rows)
      yield { level: level === ENTRIES ? 'entries' : level, index: Number(index), width };
    const last = rows.at(-1);
    if (last === undefined || rows.length < LIST_PAGE) return;
    after = last;
  }
}

/** A few megabytes at a time; of two widths of one tile each in a statement of its own, which may touch a row once. */
function* statements(files: readonly TileFile[]): Generator<readonly TileFile[]> {
  let some = new Map<string, TileFile>();
  let bytes = 0;
  for (const file of files) {
    const key = `${file.tile.level}/${file.tile.index}`;
    if (some.has(key) || (some.size > 0 && bytes + file.bytes.length > STATEMENT_BYTES)) {
      yield [...some.values()];
      some = new Map();
      bytes = 0;
    }
    some.set(key, file);
    bytes += file.bytes.length;
  }
  if (some.size > 0) yield [...some.values()];
}

function packed(files: readonly TileFile[]): { bytes: string; from: number[]; length: number[] } {
  const length = files.map((file) => file.bytes.length);
  let next = 1;
  const from = length.map((each) => {
    next += each;
    return next - each;
  });
  // two thirds of what hexadecimal digits take, and both sides are quicker at it
  return { bytes: Buffer.concat(files.map((file) => file.bytes)).toString('base64'), from, length };
}

function levelOf(tile: Tile): number {
  return tile.level === 'entries' ? ENTRIES : tile.level;
}
