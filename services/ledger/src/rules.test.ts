import { appendLeafHashes, EMPTY_FRONTIER } from '@praya/tlog/frontier';
import { changedTiles } from '@praya/tlog/tiles';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOf, hasher, isCommitment, tileGrowth } from './rules.ts';

const leaves = (count: number) => Array.from({ length: count }, (_, n) => hasher(Buffer.from(`leaf ${n}`)));

test('the tiles that grow are those that the specification says change', () => {
  fc.assert(
    fc.property(fc.nat(1200), fc.nat(700), (before, more) => {
      const old = appendLeafHashes(hasher, EMPTY_FRONTIER, leaves(before)).frontier;
      const growth = tileGrowth(appendLeafHashes(hasher, old, leaves(more)).completed);
      const grown = growth.map(({ level, index, offset, hashes }) => ({
        level,
        index,
        width: offset + hashes.length,
      }));
      const order = (tile: { level: number; index: number }) => tile.level * 1e6 + tile.index;
      expect(grown.sort((one, other) => order(one) - order(other))).toEqual(
        changedTiles(before, before + more),
      );
    }),
    { numRuns: 40 },
  );
});

test('a commitment has 32 bytes', () => {
  expect([31, 32, 33].map((length) => isCommitment(new Uint8Array(length)))).toEqual([false, true, false]);
});

describe('who is wrong', () => {
  const tile = { kind: 'tile-changed', level: 0, index: 1 } as const;
  test.each([
    ['nobody', { headMatches: true, rootMatches: true, leaf: null, tile: null }, null],
    [
      'the tile, where the entries lead to the root',
      { headMatches: true, rootMatches: true, leaf: 300, tile },
      tile,
    ],
    [
      'the entry, where they do not and the tile remembers another',
      { headMatches: false, rootMatches: false, leaf: 300, tile },
      { kind: 'entry-changed', index: 300 },
    ],
    [
      'the head, where entries and tiles agree',
      { headMatches: false, rootMatches: false, leaf: null, tile: null },
      { kind: 'head-changed' },
    ],
  ])('is %s', (_name, findings, fault) => {
    expect(faultOf(findings)).toEqual(fault);
  });
});
