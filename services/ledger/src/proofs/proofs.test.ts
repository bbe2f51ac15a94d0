import { verifyConsistency } from '@praya/tlog/consistency-proof';
import { growTree } from '@praya/tlog/growing-tree';
import { verifyInclusion } from '@praya/tlog/inclusion-proof';
import { emptyRoot, leafHash } from '@praya/tlog/merkle-hash';
import type { Tile } from '@praya/tlog/tiles';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256, sha256Into } from '../sha256.ts';
import { createMemoryTiles } from '../tiles/memory-tiles.ts';
import { rememberTiles } from '../tiles/remembering-tiles.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { consistencyProof, inclusionProof, MissingTile, rootAt } from './proofs.ts';

const ORIGIN = 'log.test/log/evidence/2026h2';
const SIZE = 70_000;
const leaf = (index: number) => leafHash(sha256, Buffer.from(`entry ${index}`));

/** A log in a store, and the roots that it had at some sizes. */
async function grownLog(size: number, store: TileStore) {
  const tree = growTree(sha256Into);
  const roots = new Map<number, Uint8Array>();
  const stops = [1, 2, 255, 256, 257, 1000, 65_535, 65_536, 65_537, size].filter((stop) => stop <= size);
  for (const stop of stops) {
    tree.append(Array.from({ length: stop - tree.size }, (_, at) => leaf(tree.size + at)));
    roots.set(stop, tree.root());
    await store.write(ORIGIN, tree.takeChanged());
  }
  return { tree, roots };
}

const store = createMemoryTiles();
const { roots } = await grownLog(SIZE, store);
const sizes = fc.constantFrom(...roots.keys());
const rootOf = (size: number) => roots.get(size) ?? new Uint8Array();

describe.each([
  ['from the store', store],
  ['from memory', rememberTiles(store)],
  ['from a memory of two tiles', rememberTiles(store, { tiles: 2 })],
])('proofs %s', (_name, tiles) => {
  test('of any place in any tree hold', async () => {
    const places = sizes.chain((size) =>
      fc.record({ size: fc.constant(size), index: fc.nat({ max: size - 1 }) }),
    );
    await fc.assert(
      fc.asyncProperty(places, async ({ index, size }) => {
        const { leafHash: found, proof } = await inclusionProof(tiles, { origin: ORIGIN, index, size });
        expect(Buffer.compare(found, leaf(index))).toBe(0);
        const claim = { index, size, leafHash: found, proof, root: rootOf(size) };
        expect(verifyInclusion(sha256, claim)).toEqual({ ok: true, value: null });
      }),
    );
  });

  test('of growth hold between any two trees', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (one, other) => {
        const pair = { from: Math.min(one, other), to: Math.max(one, other) };
        const proof = await consistencyProof(tiles, ORIGIN, pair);
        const claim = { ...pair, proof, fromRoot: rootOf(pair.from), toRoot: rootOf(pair.to) };
        expect(verifyConsistency(sha256, claim)).toEqual({ ok: true, value: null });
      }),
    );
  });

  test('know the root of any size', async () => {
    for (const [size, root] of roots)
      expect(Buffer.compare(await rootAt(tiles, ORIGIN, size), root), String(size)).toBe(0);
    expect(await rootAt(tiles, ORIGIN, 0)).toEqual(emptyRoot(sha256));
  });

  test('are not made of what is not there', async () => {
    const beyond = { origin: ORIGIN, index: 3, size: SIZE + 1 };
    await expect(inclusionProof(tiles, beyond)).rejects.toThrow(MissingTile);
    await expect(rootAt(tiles, ORIGIN, SIZE + 1)).rejects.toThrow(MissingTile);
    await expect(rootAt(tiles, 'another.test/log', 5)).rejects.toThrow(MissingTile);
    await expect(inclusionProof(tiles, { origin: ORIGIN, index: 5, size: 5 })).rejects.toThrow(RangeError);
    await expect(consistencyProof(tiles, ORIGIN, { from: 5, to: 4 })).rejects.toThrow(RangeError);
    await expect(consistencyProof(tiles, ORIGIN, { from: 0, to: 4 })).rejects.toThrow(RangeError);
  });
});

describe('a memory of tiles', () => {
  const counting = (inner: TileStore) => {
    const read: Tile[] = [];
    const counted: TileStore = {
      ...inner,
      read: (origin, tile) => {
        read.push(tile);
        return inner.read(origin, tile);
      },
    };
    return { counted, read };
  };

  test('asks for a tile once, however many want it at once', async () => {
    const { counted, read } = counting(store);
    const tiles = rememberTiles(counted);
    const want = { origin: ORIGIN, index: 9, size: SIZE };
    await Promise.all(Array.from({ length: 50 }, () => inclusionProof(tiles, want)));
    await inclusionProof(tiles, want);
    expect(new Set(read.map((tile) => JSON.stringify(tile))).size).toBe(read.length);
  });

  test('does not take a tile that has grown for one that has not', async () => {
    const inner = createMemoryTiles();
    const { counted, read } = counting(inner);
    const tiles = rememberTiles(counted);
    const tree = growTree(sha256Into);
    for (const size of [10, 11, 200]) {
      tree.append(Array.from({ length: size - tree.size }, (_, at) => leaf(tree.size + at)));
      await inner.write(ORIGIN, tree.takeChanged());
      for (let again = 0; again < 2; again += 1)
        expect(Buffer.compare(await rootAt(tiles, ORIGIN, size), tree.root())).toBe(0);
    }
    expect(read.map(({ width }) => width)).toEqual([10, 11, 200]);
    expect((await rootAt(tiles, ORIGIN, 11)).length).toBe(32);
    expect(read.length).toBe(3);
  });

  test('remembers what is written through it, once it stands', async () => {
    const { counted, read } = counting(createMemoryTiles());
    const tiles = rememberTiles(counted);
    const { tree } = await grownLog(300, tiles);
    expect(Buffer.compare(await rootAt(tiles, ORIGIN, 300), tree.root())).toBe(0);
    expect(read).toEqual([]);
    const wrong = { tile: { level: 0, index: 0, width: 1 }, bytes: new Uint8Array(32) };
    await expect(tiles.write(ORIGIN, [wrong])).rejects.toThrow('Other bytes stand');
    expect(await tiles.read(ORIGIN, wrong.tile)).not.toEqual(wrong.bytes);
  });
});
