import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabasePool } from '@praya/kernel/database';
import { freshDatabase, migrationsOf } from '@praya/kernel/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Integrity } from '../contract.ts';
import { createDirectoryTiles } from '../tiles/directory-tiles.ts';
import { createS3Tiles } from '../tiles/s3-tiles.ts';
import { openTestBucket } from '../tiles/test-bucket.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { writtenLog } from './test-log.ts';

const ORIGIN = 'log.test/log/evidence/2026h2';

type Written = Awaited<ReturnType<typeof writtenLog>>;
type Trial = { db: DatabasePool; log: Written };

async function withLog(
  about: { batches: readonly number[]; beyond?: readonly number[] },
  use: (trial: Trial) => Promise<void>,
): Promise<void> {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const db = database.open('ledger', 6);
  await use({ db, log: await writtenLog(db, { origin: ORIGIN, ...about }) });
}

const kindsOf = (found: Integrity) => [...new Set(found.faults.map(({ kind }) => kind))];

/** Every cell of a log that says something of it, and how its damage may be named. */
const CELLS: readonly {
  table: string;
  column: string;
  as: 'bytes' | 'text' | 'number';
  where?: string;
  names: RegExp;
}[] = [
  {
    table: 'tile_files',
    column: 'bytes',
    as: 'bytes',
    where: 'level = -1',
    names: /^(entry|bundle)-changed$/,
  },
  { table: 'tile_files', column: 'bytes', as: 'bytes', where: 'level >= 0', names: /^tile-changed$/ },
  { table: 'tile_files', column: 'width', as: 'number', names: /^(bundle|tile)-(changed|missing)$/ },
  { table: 'tile_files', column: 'index', as: 'number', names: /^(bundle|tile)-(changed|missing)$/ },
  { table: 'tile_files', column: 'level', as: 'number', names: /^(bundle|tile)-(changed|missing)$/ },
  { table: 'journal', column: 'first', as: 'number', names: /^journal-(gap|changed)$/ },
  { table: 'journal', column: 'leaves', as: 'bytes', names: /^journal-changed$/ },
  { table: 'journal', column: 'entries', as: 'bytes', names: /^journal-changed$/ },
  { table: 'trees', column: 'root', as: 'bytes', names: /^tree-changed$/ },
  { table: 'trees', column: 'frontier', as: 'bytes', names: /^tree-changed$/ },
  { table: 'trees', column: 'published_size', as: 'number', names: /^checkpoint-changed$/ },
  { table: 'trees', column: 'published', as: 'text', names: /^checkpoint-changed$/ },
  { table: 'trees', column: 'published_at', as: 'number', names: /^checkpoint-changed$/ },
  { table: 'checkpoints', column: 'size', as: 'number', names: /^checkpoint-changed$/ },
  { table: 'checkpoints', column: 'root', as: 'bytes', names: /^checkpoint-changed$/ },
  { table: 'checkpoints', column: 'note', as: 'text', names: /^checkpoint-(changed|signature)$/ },
  { table: 'sequences', column: 'size', as: 'number', names: /^(sequence-changed|journal-gap)$/ },
];
type Cell = (typeof CELLS)[number];
/** A row moves when it is changed: all places in it share where it is. */
type Row = { at: string };
type Place = { cell: Cell; row: Row; length: number };

/** All rows of all cells, with their lengths. */
async function places(db: DatabasePool): Promise<Place[]> {
  const all: Place[] = [];
  const known = new Map<string, Row>();
  const rowOf = (key: string, at: string): Row => {
    const row = known.get(key) ?? { at };
    known.set(key, row);
    return row;
  };
  for (const cell of CELLS) {
    const length =
      cell.as === 'bytes'
        ? `octet_length(${cell.column})`
        : cell.as === 'text'
          ? `length(${cell.column})`
          : '8';
    const rows = await db.unsafe<{ row: string; length: number }[]>(
      `select ctid::text as row, ${length}::int as length from ${cell.table} where ${cell.where ?? 'true'}`,
    );
    all.push(
      ...rows.map(({ row, length: bytes }) => ({
        cell,
        row: rowOf(`${cell.table} ${row}`, row),
        length: bytes,
      })),
    );
  }
  return all;
}

/** Changes one byte, checks, and puts it back. Null where the database itself does not take the change. */
async function checkDamaged(
  { db, log }: Trial,
  place: Place,
  at: number,
  bits: number,
): Promise<Integrity | null> {
  const { cell, row } = place;
  const { column } = cell;
  const changed = {
    bytes: `set_byte(${column}, ${at}, get_byte(${column}, ${at}) # ${bits})`,
    text: `overlay(${column} placing chr(33 + (ascii(substr(${column}, ${at + 1}, 1)) - 33 + 1 + ${bits % 93}) % 94) from ${at + 1} for 1)`,
    number:
      column === 'published_at'
        ? `${column} + ${bits} * interval '1 microsecond'`
        : `(${column}::bigint # ${BigInt(bits) << BigInt(8 * (at % 6))})`,
  }[cell.as];
  const copy = await db.unsafe(`select * from ${cell.table} where ctid = '${row.at}'`);
  const where = (ctid: string) => `where ctid = '${ctid}'`;
  let now: string;
  try {
    const [moved] = await db.unsafe<{ row: string; same: boolean }[]>(
      `update ${cell.table} set ${column} = ${changed} ${where(row.at)} returning ctid::text as row`,
    );
    if (moved === undefined) throw new Error(`No row ${row.at} in ${cell.table}`);
    now = moved.row;
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(22|23)/.test(String(error.code))) return null;
    throw error;
  }
  const found = await log.check();
  const [back] = await db.unsafe<{ row: string }[]>(
    `update ${cell.table} set ${column} = $1 ${where(now)} returning ctid::text as row`,
    [copy[0]?.[column]],
  );
  row.at = back?.row ?? '';
  return found;
}

describe('a log that nobody touched is sound', () => {
  test.each<[string, number[], number[]?]>([
    ['without entries', []],
    ['of one entry', [1]],
    ['of a full tile', [256]],
    ['of a full tile and one', [255, 1, 1]],
    ['of many batches', [1, 250, 10, 300, 139]],
    ['with a backlog in tiles', [300, 7], [30, 200, 1]],
  ])('%s', (_name, batches, beyond) =>
    withLog({ batches, ...(beyond && { beyond }) }, async ({ log }) => {
      const size = batches.reduce((sum, count) => sum + count, 0);
      expect(await log.check()).toEqual({ origin: ORIGIN, size, sound: true, faults: [] });
    }),
  );

  test('while it grows', () =>
    withLog({ batches: [400] }, async ({ log }) => {
      const growing = log.integrate(Array.from({ length: 60 }, (_, n) => 1 + n));
      for (let n = 0; n < 12; n += 1) expect((await log.check()).faults).toEqual([]);
      await growing;
      expect(await log.check()).toMatchObject({ sound: true, size: 2230 });
    }));

  test('when the journal of old entries is gone', () =>
    withLog({ batches: [100, 200, 300] }, async ({ db, log }) => {
      await db`delete from journal where first < 300`;
      expect((await log.check()).faults).toEqual([]);
      await db`delete from journal`;
      expect((await log.check()).faults).toEqual([]);
    }));
});

describe('tiles that are elsewhere', () => {
  const about = {
    region: 'ap-east-1',
    bucket: 'city-logs',
    prefix: '',
    credentials: { accessKeyId: 'AKTEST', secretAccessKey: 'secret' },
  };
  const sizes = { batches: [300, 7], beyond: [30, 200, 1] };

  const checked = async (tiles: TileStore, damage: () => Promise<void>): Promise<Integrity> => {
    await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
    const db = database.open('ledger', 6);
    const log = await writtenLog(db, { origin: ORIGIN, ...sizes, tiles });
    expect((await log.check()).faults).toEqual([]);
    await damage();
    return await log.check();
  };

  test('in a directory are recounted like those in the database', async () => {
    const path = await mkdtemp(join(tmpdir(), 'praya-tiles-'));
    try {
      const found = await checked(createDirectoryTiles(path), async () => {
        const file = join(path, ORIGIN, 'tile', 'entries', '000');
        const bytes = await readFile(file);
        bytes.writeUInt8((bytes.at(5) ?? 0) ^ 1, 5);
        await writeFile(file, bytes);
      });
      expect(found.faults).toEqual([{ kind: 'entry-changed', at: '0' }]);
    } finally {
      await rm(path, { recursive: true });
    }
  });

  test('in an object store, too', async () => {
    await using bucket = await openTestBucket(about);
    const found = await checked(createS3Tiles({ ...about, endpoint: bucket.endpoint }), async () => {
      bucket.objects.get(`${ORIGIN}/tile/0/000`)?.bytes.writeUInt8(1, 5);
      bucket.objects.delete(`${ORIGIN}/tile/1/000.partial`);
    });
    expect(found.faults).toEqual([
      { kind: 'tile-changed', at: 'tile/0/000' },
      { kind: 'tile-missing', at: 'tile/1/000.p/1' },
    ]);
  });
});

describe('whatever byte is changed is found and named', () => {
  const bits = fc.integer({ min: 1, max: 255 });

  test.each<[string, number[], number[]?]>([
    ['in a log of 700 entries', [1, 250, 10, 300, 139]],
    ['in a log with tiles beyond its tree', [300, 7], [30, 200, 1]],
  ])('%s', { timeout: 120_000 }, (_name, batches, beyond) =>
    withLog({ batches, ...(beyond && { beyond }) }, async (trial) => {
      const all = await places(trial.db);
      const byCell = CELLS.map((cell) => all.filter((place) => place.cell === cell)).filter(
        (rows) => rows.length > 0,
      );
      const where = fc
        .constantFrom(...byCell)
        .chain((rows) => fc.constantFrom(...rows))
        .chain((place) => fc.record({ place: fc.constant(place), at: fc.nat({ max: place.length - 1 }) }));
      let checked = 0;
      await fc.assert(
        fc.asyncProperty(where, bits, async ({ place, at }, changed) => {
          const found = await checkDamaged(trial, place, at, changed);
          if (found === null) return;
          checked += 1;
          expect(kindsOf(found).length, 'nothing was found').toBeGreaterThan(0);
          for (const kind of kindsOf(found)) expect(kind).toMatch(place.cell.names);
        }),
        { numRuns: 150 },
      );
      expect(checked).toBeGreaterThan(90);
      expect((await trial.log.check()).faults).toEqual([]);
    }),
  );

  test('each one of a log of three entries', { timeout: 120_000 }, () =>
    withLog({ batches: [2, 1] }, async (trial) => {
      for (const place of await places(trial.db)) {
        for (let at = 0; at < place.length; at += 1) {
          const found = await checkDamaged(trial, place, at, 1 + ((at * 37) % 255));
          if (found === null) continue;
          expect(kindsOf(found).length, `${place.cell.table}.${place.cell.column} at ${at}`).toBeGreaterThan(
            0,
          );
          for (const kind of kindsOf(found)) expect(kind).toMatch(place.cell.names);
        }
      }
      expect((await trial.log.check()).faults).toEqual([]);
    }),
  );
});
