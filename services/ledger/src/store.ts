import type { Database } from '@praya/kernel/database';
import { type Head, splitHashes, type TileGrowth } from './rules.ts';

type HeadRow = { size: bigint; root: Uint8Array; frontier: Uint8Array };
type TileName = { readonly level: number; readonly index: number };
export type TileRow = { level: number; index: number; hashes: Uint8Array };

const BYTEA_ARRAY = 1001;

/** The head as last committed. */
export async function readHead(db: Database): Promise<Head> {
  return headFrom(await db<HeadRow[]>`select size, root, frontier from heads`);
}

/** The head, which nobody else may move until this transaction ends. Makes the commit wait for the disk. */
export async function lockHead(tx: Database): Promise<Head> {
  const [, rows] = await Promise.all([
    tx`set local synchronous_commit = on`,
    tx<HeadRow[]>`select size, root, frontier from heads for update`,
  ]);
  return headFrom(rows);
}

/** Moves the head. */
export async function saveHead(tx: Database, head: Head): Promise<void> {
  await tx`update heads set size = ${head.size}, root = ${bytes(head.root)},
    frontier = ${Buffer.concat(head.frontier.hashes)}`;
}

/** The places of those commitments that the log has already, by their hexadecimal form. */
export async function findPlaces(
  db: Database,
  commitments: readonly Uint8Array[],
): Promise<Map<string, number>> {
  const rows = await db<{ index: bigint; commitment: Buffer }[]>`
    select index, commitment from entries where commitment = any(${list(db, commitments)})`;
  return new Map(rows.map((row) => [row.commitment.toString('hex'), Number(row.index)]));
}

/** Adds entries from an index on. */
export async function insertEntries(
  tx: Database,
  from: number,
  commitments: readonly Uint8Array[],
): Promise<void> {
  await tx`
    insert into entries (index, commitment)
    select ${from}::bigint + place - 1, commitment
    from unnest(${list(tx, commitments)}) with ordinality as new (commitment, place)`;
}

/** Adds hashes at the ends of tiles; throws when a tile does not end where the growth begins. */
export async function growTiles(tx: Database, growth: readonly TileGrowth[]): Promise<void> {
  const begun = growth.filter((tile) => tile.offset === 0);
  const continued = growth.filter((tile) => tile.offset > 0);
  const [, updated] = await Promise.all([
    begun.length === 0
      ? undefined
      : tx`insert into tiles (level, index, hashes)
          select * from unnest(${begun.map((tile) => tile.level)}::smallint[],
            ${begun.map((tile) => tile.index)}::bigint[], ${list(tx, begun.map(joined))})`,
    continued.length === 0
      ? { count: 0 }
      : tx`update tiles set hashes = tiles.hashes || more.hashes
          from unnest(${continued.map((tile) => tile.level)}::smallint[],
            ${continued.map((tile) => tile.index)}::bigint[], ${continued.map((tile) => tile.offset)}::int[],
            ${list(tx, continued.map(joined))}) as more (level, index, held, hashes)
          where tiles.level = more.level and tiles.index = more.index
            and octet_length(tiles.hashes) = 32 * more.held`,
  ]);
  if (updated.count !== continued.length) throw new Error('A tile does not end where the head says');
}

/** Tiles by their names; those that are not there are left out. */
export async function readTiles(db: Database, names: readonly TileName[]): Promise<TileRow[]> {
  const rows = await db<{ level: number; index: bigint; hashes: Uint8Array }[]>`
    select tiles.level, tiles.index, tiles.hashes
    from unnest(${names.map((tile) => tile.level)}::smallint[], ${names.map((tile) => tile.index)}::bigint[])
      as wanted (level, index)
    join tiles on tiles.level = wanted.level and tiles.index = wanted.index`;
  return rows.map((row) => ({ ...row, index: Number(row.index) }));
}

/** Every tile's name. */
export async function listTiles(db: Database): Promise<TileName[]> {
  const rows = await db<{ level: number; index: bigint }[]>`
    select level, index from tiles order by level, index`;
  return rows.map((row) => ({ level: row.level, index: Number(row.index) }));
}

/** Entries from an index on, in order, with the places at which they are. */
export async function readEntries(
  db: Database,
  range: { from: number; limit: number },
): Promise<{ index: number; commitment: Uint8Array }[]> {
  const rows = await db<{ index: bigint; commitment: Uint8Array }[]>`
    select index, commitment from entries where index >= ${range.from} order by index limit ${range.limit}`;
  return rows.map((row) => ({ index: Number(row.index), commitment: row.commitment }));
}

function headFrom([row]: readonly HeadRow[]): Head {
  if (row === undefined) throw new Error('The log has no head');
  const size = Number(row.size);
  return { size, root: row.root, frontier: { size, hashes: splitHashes(row.frontier) } };
}

function joined(tile: TileGrowth): Buffer {
  return Buffer.concat(tile.hashes);
}

// The driver takes a list of byte strings for one byte string unless told the type.
function list(db: Database, items: readonly Uint8Array[]) {
  return db.array(items.map(bytes), BYTEA_ARRAY);
}

function bytes(hash: Uint8Array): Buffer {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length);
}
