import { createHash, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from './frontier.ts';
import { edgeTiles, type GrowingTree, growTree } from './growing-tree.ts';
import { changedTiles } from './tiles.ts';

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'buffer');
const into = (bytes: Uint8Array, memory: Uint8Array, at: number) => memory.set(sha256(bytes), at);
const leaf = (at: number) => createHash('sha256').update(`leaf ${at}`).digest();
const leaves = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => leaf(from + at));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Grows a tree turn by turn, keeping what a store would keep. */
function grown(turns: readonly number[]): { tree: GrowingTree; stored: Map<string, Uint8Array> } {
  const tree = growTree(into);
  const stored = new Map<string, Uint8Array>();
  for (const turn of turns) {
    const from = tree.size;
    tree.append(leaves(from, from + turn));
    for (const { tile, bytes } of tree.takeChanged()) stored.set(`${tile.level}/${tile.index}`, bytes);
  }
  return { tree, stored };
}

describe('a growing tree', () => {
  const turns = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 400 })), { maxLength: 12 });

  it('has the right edge and the root of the tree that is appended to hash by hash', () => {
    fc.assert(
      fc.property(turns, (sizes) => {
        const { tree } = grown(sizes);
        const slow = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves(0, tree.size)).frontier;
        expect(tree.frontier().hashes.map(hex)).toEqual(slow.hashes.map(hex));
        expect(hex(tree.root())).toBe(hex(frontierRoot(sha256, slow)));
      }),
      { numRuns: 40 },
    );
  });

  it('names in each turn just the tiles that changed', () => {
    fc.assert(
      fc.property(turns, (sizes) => {
        const tree = growTree(into);
        for (const turn of sizes) {
          const from = tree.size;
          tree.append(leaves(from, from + turn));
          const named = tree.takeChanged().map(({ tile }) => tile);
          expect(new Set(named.map((tile) => JSON.stringify(tile)))).toEqual(
            new Set(changedTiles(from, tree.size).map((tile) => JSON.stringify(tile))),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('goes on from its edge as if it had never stopped', () => {
    fc.assert(
      fc.property(turns, fc.nat({ max: 300 }), (sizes, more) => {
        const { tree, stored } = grown(sizes);
        const edge = edgeTiles(tree.size).map((tile) => ({
          tile,
          bytes: stored.get(`${tile.level}/${tile.index}`) ?? new Uint8Array(),
        }));
        const again = growTree(into, { size: tree.size, edge });
        for (const one of [tree, again]) one.append(leaves(one.size, one.size + more));
        expect(hex(again.root())).toBe(hex(tree.root()));
        expect(again.takeChanged()).toEqual(tree.takeChanged());
      }),
      { numRuns: 40 },
    );
  });

  it('grows through the third level of tiles', () => {
    const { tree, stored } = grown([65_535, 1, 300]);
    expect(stored.get('2/0')?.length).toBe(32);
    expect(stored.get('1/0')?.length).toBe(8192);
    const slow = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves(0, 65_836)).frontier;
    expect(hex(tree.root())).toBe(hex(frontierRoot(sha256, slow)));
  });

  it('takes no hash of another length and no edge that is not its own', () => {
    expect(() => growTree(into).append([new Uint8Array(31)])).toThrow(RangeError);
    expect(() => growTree(into, { size: 3, edge: [] })).toThrow(RangeError);
    const edge = [{ tile: { level: 0, index: 0, width: 2 }, bytes: new Uint8Array(64) }];
    expect(() => growTree(into, { size: 3, edge })).toThrow(RangeError);
  });
});
