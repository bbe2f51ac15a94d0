import { randomBytes } from 'node:crypto';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { type Tile, tilePath } from '@praya/tlog/tiles';
import { describe, expect, test } from 'vitest';
import { TileConflict, TileDamaged, type TileFile, type TileStore } from './tile-store.ts';

/** A store to be tried, and a second way into the same one. */
export type StoreOnTrial = {
  readonly store: TileStore;
  readonly other: TileStore;
  /** Cuts what stands of a tile after so many bytes, behind the store's back. */
  readonly truncate: (origin: string, tile: Tile, bytes: number) => Promise<void>;
};

const ORIGIN = 'log.test:8443/log/evidence/2026h2';
const hashes = randomBytes(256 * 32);
const entries = Array.from({ length: 256 }, (_, at) => randomBytes(1 + ((at * 37) % 400)));

const hashTile = (level: number, index: number, width: number): TileFile => ({
  tile: { level, index, width },
  bytes: hashes.subarray(0, width * 32),
});
const bundle = (index: number, width: number): TileFile => ({
  tile: { level: 'entries', index, width },
  bytes: encodeEntries(entries.slice(0, width)),
});
const other = (file: TileFile): TileFile => {
  const bytes = Buffer.from(file.bytes);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return { ...file, bytes };
};
const at = ({ tile }: TileFile, width: number): Tile => ({ ...tile, width });
const readsAs = async (store: TileStore, file: TileFile): Promise<void> => {
  const bytes = await store.read(ORIGIN, file.tile);
  expect(bytes === null ? null : Buffer.compare(bytes, file.bytes), tilePath(file.tile)).toBe(0);
};

/** What every store of tiles does. */
export function tileStoreSuite(
  name: string,
  withStore: (use: (on: StoreOnTrial) => Promise<void>) => Promise<void>,
) {
  describe(name, () => {
    for (const [kind, make] of [
      ['a tile of hashes', (width: number) => hashTile(1, 1_234_067, width)],
      ['a bundle of entries', (width: number) => bundle(5, width)],
    ] as const) {
      describe(kind, () => widths(make, withStore));
    }

    test('what was never written is null', () =>
      withStore(async ({ store }) => {
        await store.write(ORIGIN, [hashTile(0, 0, 3)]);
        expect(await store.read(ORIGIN, { level: 0, index: 1, width: 1 })).toBeNull();
        expect(await store.read(ORIGIN, { level: 1, index: 0, width: 1 })).toBeNull();
        expect(await store.read(ORIGIN, { level: 'entries', index: 0, width: 1 })).toBeNull();
        expect(await store.read('log.test/log/other/2026h2', { level: 0, index: 0, width: 3 })).toBeNull();
      }));

    test('logs do not share their tiles', () =>
      withStore(async ({ store }) => {
        await store.write(ORIGIN, [hashTile(0, 0, 256)]);
        await store.write(`${ORIGIN}-2`, [other(hashTile(0, 0, 256))]);
        await readsAs(store, hashTile(0, 0, 256));
        expect(await listed(store)).toEqual(['tile/0/000']);
      }));

    test('many files at once, of all levels and sizes', () =>
      withStore(async ({ store }) => {
        const big: TileFile = {
          tile: { level: 'entries', index: 9, width: 100 },
          bytes: encodeEntries(Array.from({ length: 100 }, () => randomBytes(65_535))),
        };
        const files = Array.from({ length: 40 }, (_, index) => [
          hashTile(0, index, 256),
          bundle(index + 10, 256),
        ]);
        const all = [...files.flat(), hashTile(63, 0, 1), big];
        await store.write(ORIGIN, all);
        for (const file of all) await readsAs(store, file);
        expect((await listed(store)).length).toBe(all.length);
      }));

    test('nothing to write is written at once', () =>
      withStore(async ({ store }) => {
        await store.write(ORIGIN, []);
        expect(await listed(store)).toEqual([]);
      }));

    test.each<[string, TileFile]>([
      ['a hash cut short', { ...hashTile(0, 0, 2), bytes: hashes.subarray(0, 63) }],
      ['a hash too many', { ...hashTile(0, 0, 2), bytes: hashes.subarray(0, 96) }],
      ['entries cut short', { ...bundle(0, 9), bytes: bundle(0, 9).bytes.subarray(0, -1) }],
      ['a width of 0', { tile: { level: 0, index: 0, width: 0 }, bytes: new Uint8Array() }],
      ['a width of 257', { tile: { level: 0, index: 0, width: 257 }, bytes: randomBytes(257 * 32) }],
      ['a level of 64', { ...hashTile(0, 0, 1), tile: { level: 64, index: 0, width: 1 } }],
      ['an index below 0', { ...hashTile(0, 0, 1), tile: { level: 0, index: -1, width: 1 } }],
    ])('%s is no file, and nothing of the call is written', (_name, file) =>
      withStore(async ({ store }) => {
        await expect(store.write(ORIGIN, [hashTile(0, 7, 256), file])).rejects.toThrow(RangeError);
        expect(await listed(store)).toEqual([]);
      }),
    );
  });
}

function widths(
  make: (width: number) => TileFile,
  withStore: (use: (on: StoreOnTrial) => Promise<void>) => Promise<void>,
): void {
  test('is read back at its width and at every narrower one', () =>
    withStore(async ({ store }) => {
      await store.write(ORIGIN, [make(200)]);
      for (const width of [200, 199, 100, 1]) await readsAs(store, make(width));
      expect(await store.read(ORIGIN, at(make(1), 201))).toBeNull();
      expect(await store.read(ORIGIN, at(make(1), 256))).toBeNull();
    }));

  test('grows, and becomes full', () =>
    withStore(async ({ store }) => {
      for (const width of [1, 17, 18, 255, 256]) {
        await store.write(ORIGIN, [make(width)]);
        for (const narrower of [1, 9, width]) if (narrower <= width) await readsAs(store, make(narrower));
      }
      expect((await listed(store)).filter((path) => !path.includes('.p/'))).toEqual([
        tilePath(make(256).tile),
      ]);
      for (const width of [256, 255, 30]) await readsAs(store, make(width));
    }));

  test('may be written again, as it is or narrower', () =>
    withStore(async ({ store }) => {
      for (const width of [30, 30, 12, 256, 256, 30, 12]) await store.write(ORIGIN, [make(width)]);
      await store.write(ORIGIN, [make(256), make(3)]);
      await readsAs(store, make(256));
    }));

  test.each([
    [30, 30],
    [30, 12],
    [30, 31],
    [30, 256],
    [256, 256],
    [256, 30],
  ])('where %i stand, %i others are refused and change nothing', (standing, width) =>
    withStore(async ({ store }) => {
      await store.write(ORIGIN, [make(standing)]);
      const wrong =
        width > standing ? { ...make(width), bytes: changedFirst(make(width).bytes) } : other(make(width));
      await expect(store.write(ORIGIN, [wrong])).rejects.toThrow(TileConflict);
      for (const narrower of [1, standing]) await readsAs(store, make(narrower));
      await store.write(ORIGIN, [make(256)]);
      await readsAs(store, make(256));
    }),
  );

  test('two writers of the same tree do not disturb each other', () =>
    withStore(async (on) => {
      const writers = [on.store, on.other];
      const turns = Array.from({ length: 40 }, (_, turn) => Math.min(256, 1 + turn * 7));
      await Promise.all(
        writers.map(async (store, who) => {
          for (const width of turns) await store.write(ORIGIN, [make(Math.min(256, width + who))]);
        }),
      );
      for (const width of [256, 100, 1]) await readsAs(on.store, make(width));
    }));

  test('two writers of different trees: one is refused, and what stands is one of the two', () =>
    withStore(async (on) => {
      for (const width of [40, 256]) {
        const [mine, yours] = [make(width), other(make(width))];
        const index = 1000 + width;
        const files = [mine, yours].map((file) => ({ ...file, tile: { ...file.tile, index } }));
        const answers = await Promise.allSettled(
          files.map((file, who) => (who === 0 ? on.store : on.other).write(ORIGIN, [file])),
        );
        const winner = answers.findIndex(({ status }) => status === 'fulfilled');
        expect(answers.filter(({ status }) => status === 'rejected').length).toBe(1);
        const stands = await on.store.read(ORIGIN, { ...mine.tile, index });
        expect(Buffer.compare(stands ?? Buffer.alloc(0), files[winner]?.bytes ?? Buffer.alloc(1))).toBe(0);
      }
    }));

  test.each([40, 256])('of %i that was cut short behind our back is not passed off as whole', (width) =>
    withStore(async ({ store, truncate }) => {
      await store.write(ORIGIN, [make(width)]);
      await truncate(ORIGIN, make(width).tile, make(width).bytes.length - 5);
      const answer = await store.read(ORIGIN, make(width).tile).catch((error: unknown) => error);
      expect(answer === null || answer instanceof TileDamaged).toBe(true);
    }),
  );
}

function changedFirst(bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[2] = (changed[2] ?? 0) ^ 0x80;
  return changed;
}

async function listed(store: TileStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const tile of store.list(ORIGIN)) paths.push(tilePath(tile));
  return [...new Set(paths)].sort();
}
