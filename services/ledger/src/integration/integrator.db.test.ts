import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { growTree } from '@praya/tlog/growing-tree';
import { leafHash } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, tilePath } from '@praya/tlog/tiles';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256, sha256Into } from '../sha256.ts';
import { createPostgresTiles } from '../tiles/postgres-tiles.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { createIntegrator, type Integrator, type IntegratorNeeds } from './integrator.ts';
import { entriesOf, openLog, sequenceBatch, takeLease } from './test-journal.ts';
import { readTree, type Tree } from './trees.ts';

const ORIGIN = 'log.test/log/evidence/2026h2';

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
