import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { growTree } from '@praya/tlog/growing-tree';
import { leafHash } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, tilePath } from '@praya/tlog/tiles';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { sha256, sha256Into } from '../sha256.ts';
import { createPostgresTiles } from '../tiles/postgres-tiles.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { createIntegrator, INTEGRATOR_FAULTS, type Integrator, type IntegratorNeeds } from './integrator.ts';
import { entriesOf, openLog, sequenceBatch, takeLease } from './test-journal.ts';
import { readTree, sequencedSize, type Tree } from './trees.ts';

const ORIGIN = 'log.test/log/evidence/2026h2';

const worker = fileURLToPath(new URL('./integrator-worker.ts', import.meta.url));

type Trial = {
  database: FreshDatabase;
  db: DatabasePool;
  tiles: TileStore;
  integrator: (more?: Partial<IntegratorNeeds>) => Integrator;
  /** gives places to so many more entries */
  sequence: (count: number) => ReturnType<typeof sequenceBatch>;
};

async function withLog(use: (trial: Trial) => Promise<void>): Promise<void> {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const db = database.open('ledger', 6);
  await openLog(db, ORIGIN);
  const tiles = createPostgresTiles(db);
  const made: Integrator[] = [];
  let places = 0;
  try {
    await use({
      database,
      db,
      tiles,
      integrator: (more = {}) => {
        const integrator = createIntegrator({ db, tiles, ...more });
        made.push(integrator);
        return integrator;
      },
      sequence: (count) => {
        places += count;
        return sequenceBatch(db, ORIGIN, entriesOf(places - count, count));
      },
    });
  } finally {
    await Promise.all(made.map((integrator) => integrator.stop()));
  }
}

/** The tree and every file of it, byte for byte, are those of the naive count. */
async function expectTree(trial: Trial, size: number): Promise<void> {
  const all = entriesOf(0, size);
  const naive = growTree(sha256Into);
  naive.append(all.map((entry) => leafHash(sha256, entry)));
  const tree = await readTree(trial.db, ORIGIN);
  expect(tree.size).toBe(size);
  expect(Buffer.compare(tree.root, naive.root())).toBe(0);
  expect(tree.frontier.hashes.map(hex)).toEqual(naive.frontier().hashes.map(hex));
  for (const { tile, bytes } of naive.takeChanged()) {
    expect(hex((await trial.tiles.read(ORIGIN, tile)) ?? Buffer.alloc(0)), tilePath(tile)).toBe(hex(bytes));
    if (tile.level > 0) continue;
    const from = tile.index * TILE_WIDTH;
    const bundle = await trial.tiles.read(ORIGIN, { ...tile, level: 'entries' });
    expect(hex(bundle ?? Buffer.alloc(0))).toBe(hex(encodeEntries(all.slice(from, from + tile.width))));
  }
}

/** Statements that other connections to this database have under way. */
async function openStatements(db: DatabasePool): Promise<number> {
  const rows = await db`select from pg_stat_activity
    where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`;
  return rows.length;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('batches become the tree, tiles and bundles of a naive count, however they fall', () =>
  withLog(async (trial) => {
    const integrator = trial.integrator({ limits: { turnEveryMs: 1 } });
    await integrator.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    const sizes = fc.sample(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 700 })), {
      numRuns: 14,
      seed: 3,
    });
    let size = 0;
    for (const count of sizes) {
      size += count;
      integrator.take(await trial.sequence(count));
      if (count % 2 === 0) await integrator.settled(ORIGIN);
    }
    await integrator.settled(ORIGIN);
    expect(integrator.waiting(ORIGIN)).toBe(0);
    await expectTree(trial, size);
  }));

test('a taker-over finds the journal and goes on', () =>
  withLog(async (trial) => {
    await trial.sequence(300);
    const first = trial.integrator();
    expect((await first.lead(ORIGIN, await takeLease(trial.db, ORIGIN))).size).toBe(300);
    await first.stop();
    for (const count of [1, 400, 55]) await trial.sequence(count);
    const second = trial.integrator();
    const trees: Tree[] = [];
    second.onTree((tree) => trees.push(tree));
    expect((await second.lead(ORIGIN, await takeLease(trial.db, ORIGIN))).size).toBe(756);
    second.take(await trial.sequence(44));
    await second.settled(ORIGIN);
    expect(trees.at(-1)?.size).toBe(800);
    await expectTree(trial, 800);
  }));

test.each([...INTEGRATOR_FAULTS, 'half-of-the-tiles'])(
  'a process that is killed %s leaves a tree that the next one finishes, byte for byte',
  (point) =>
    withLog(async (trial) => {
      for (const turns of [1, 3, 6]) {
        const args = [worker, trial.database.url('ledger'), ORIGIN, point, String(turns)];
        const child = spawn(process.execPath, args, { stdio: 'inherit' });
        const [, signal] = await once(child, 'exit');
        expect(signal).toBe('SIGKILL');
      }
      const next = trial.integrator();
      // a statement that was under way when its process died may still take place
      await vi.waitFor(async () => expect(await openStatements(trial.db)).toBe(0));
      const size = await sequencedSize(trial.db, ORIGIN);
      expect((await readTree(trial.db, ORIGIN)).size).toBeLessThan(size);
      expect((await next.lead(ORIGIN, await takeLease(trial.db, ORIGIN))).size).toBe(size);
      await expectTree(trial, size);
    }),
);

test('two integrators under one lease get one tree', () =>
  withLog(async (trial) => {
    const epoch = await takeLease(trial.db, ORIGIN);
    const limits = { turnEveryMs: 0, turnEntries: 50 };
    const both = [trial.integrator({ limits }), trial.integrator({ limits })];
    await Promise.all(both.map((integrator) => integrator.lead(ORIGIN, epoch)));
    let size = 0;
    for (const count of fc.sample(fc.integer({ min: 1, max: 60 }), { numRuns: 40, seed: 5 })) {
      const batch = await trial.sequence(count);
      for (const integrator of both) integrator.take(batch);
      size += count;
    }
    await Promise.all(both.map((integrator) => integrator.settled(ORIGIN)));
    await expectTree(trial, size);
  }));

test('an integrator whose lease is gone moves nothing any more', () =>
  withLog(async (trial) => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const stale = trial.integrator({ faults: (point) => (point === 'after-tiles' ? gate : undefined) });
    const epoch = await takeLease(trial.db, ORIGIN);
    await stale.lead(ORIGIN, epoch);
    stale.take(await trial.sequence(100));
    const settled = stale.settled(ORIGIN);
    await takeLease(trial.db, ORIGIN);
    const trees: Tree[] = [];
    stale.onTree((tree) => trees.push(tree));
    open();
    await settled;
    expect((await readTree(trial.db, ORIGIN)).size).toBe(0);
    expect(trees).toEqual([]);
    await expect(stale.lead(ORIGIN, epoch)).rejects.toThrow('lease');
    expect(stale.waiting(ORIGIN)).toBe(0);
  }));

test('what a holder lost before it heard of it comes from the journal', () =>
  withLog(async (trial) => {
    const integrator = trial.integrator({ limits: { queueEntries: 100 } });
    await integrator.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    // never handed over, handed over too late, twice, and more than the queue may hold
    await trial.sequence(70);
    const late = await trial.sequence(30);
    for (let n = 0; n < 12; n += 1) integrator.take(await trial.sequence(40));
    integrator.take(late);
    integrator.take(late);
    await integrator.settled(ORIGIN);
    await expectTree(trial, 580);
  }));

test('a store that fails for a while delays the tree and breaks nothing', () =>
  withLog(async (trial) => {
    let failing = true;
    const troubles: unknown[] = [];
    const integrator = trial.integrator({
      onTrouble: ({ error }) => troubles.push(error),
      tiles: {
        ...trial.tiles,
        write: async (origin, files) => {
          // half of the files stand, as after a lost connection
          await trial.tiles.write(origin, failing ? files.slice(0, 2) : files);
          if (failing) throw new Error('The store is away');
        },
      },
    });
    await integrator.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    for (let n = 0; n < 5; n += 1) integrator.take(await trial.sequence(130));
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(2));
    expect(integrator.waiting(ORIGIN)).toBe(650);
    failing = false;
    await integrator.settled(ORIGIN);
    expect(integrator.waiting(ORIGIN)).toBe(0);
    await expectTree(trial, 650);
  }));

test.each<[string, (db: DatabasePool) => Promise<unknown>, string]>([
  ['a batch is missing', (db) => db`delete from journal where first = 50`, 'has a gap at 50'],
  [
    'an entry is another',
    (db) => db`update journal set entries = set_byte(entries, 9, 0) where first = 50`,
    'damaged at 50',
  ],
  ['the tree is another', (db) => db`update trees set root = sha256('other')`, 'do not lead to its tree'],
  [
    'the last tile is another',
    (db) => db`update tile_files set bytes = set_byte(bytes, 40, 0) where level = 0`,
    'do not lead to its tree',
  ],
  [
    'the last bundle is another',
    (db) => db`update tile_files set bytes = set_byte(bytes, 9, 0) where level = -1`,
    'not those of its tree',
  ],
  ['the last bundle is missing', (db) => db`delete from tile_files where level = -1`, 'is missing'],
])('nothing is built on where %s', (_name, damage, message) =>
  withLog(async (trial) => {
    const before = trial.integrator();
    await before.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    before.take(await trial.sequence(50));
    await before.settled(ORIGIN);
    await before.stop();
    await trial.sequence(20);
    await trial.sequence(20);
    await damage(trial.db);
    const troubles: string[] = [];
    const after = trial.integrator({ onTrouble: ({ error }) => troubles.push(String(error)) });
    const led = after.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(1));
    after.lose(ORIGIN);
    await expect(led).rejects.toThrow('lease');
    expect(troubles[0]).toContain(message);
    expect((await readTree(trial.db, ORIGIN)).size).toBe(50);
  }),
);

test('entries of every length have their place in a bundle', () =>
  withLog(async (trial) => {
    const integrator = trial.integrator();
    await integrator.lead(ORIGIN, await takeLease(trial.db, ORIGIN));
    const entries = [1, 65_535, 1, 256, 255, 65_535].map((length) => Buffer.alloc(length, length));
    integrator.take(await sequenceBatch(trial.db, ORIGIN, entries));
    await integrator.settled(ORIGIN);
    const bundle = await trial.tiles.read(ORIGIN, { level: 'entries', index: 0, width: 6 });
    expect(bundle === null ? bundle : Buffer.compare(bundle, encodeEntries(entries))).toBe(0);
  }));
