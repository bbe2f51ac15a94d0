import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntries, ENTRY_MAX_BYTES, encodeEntries } from './entry-bundle.ts';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from './frontier.ts';
import { buildInclusionProof, verifyInclusion } from './inclusion-proof.ts';
import { leafHash } from './merkle-hash.ts';
import {
  changedTiles,
  createTileReader,
  decodeTile,
  encodeTile,
  parseTilePath,
  tileOfNode,
  tilePath,
  tileWidth,
} from './tiles.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

describe('a tile path', () => {
  it.each([
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 0, index: 0, width: 1 }, 'tile/0/000.p/1'],
    [{ level: 63, index: 999, width: 255 }, 'tile/63/999.p/255'],
    [{ level: 1, index: 1000, width: 256 }, 'tile/1/x001/000'],
    [{ level: 'entries', index: 5, width: 12 }, 'tile/entries/005.p/12'],
  ] as const)('of %o is %s, both ways', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ ok: true, value: tile });
  });

  it('reads back as the tile it was made from', () => {
    const tile = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tile, (value) => {
        expect(parseTilePath(tilePath(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/-1/000',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/../000',
    'tile/0/x999/x999/x999/x999/x999/999',
    '',
  ])('is not %j', (path) => {
    expect(parseTilePath(path)).toEqual({ ok: false, refusal: { code: 'tlog.tile-path' } });
  });
});

describe('the tiles that change', () => {
  it('are those of the specification’s example for a tree of 70 000', () => {
    const tiles = changedTiles(0, 70_000);
    const full = (level: number) => tiles.filter((tile) => tile.level === level && tile.width === 256).length;
    expect([full(0), full(1), full(2)]).toEqual([273, 1, 0]);
    const partial = tiles.filter((tile) => tile.width < 256).map(({ level, width }) => [level, width]);
    expect(partial).toEqual([
      [0, 112],
      [1, 17],
      [2, 1],
    ]);
    expect(changedTiles(0, 256)).toEqual([
      { level: 0, index: 0, width: 256 },
      { level: 1, index: 0, width: 1 },
    ]);
  });

  it('are exactly those whose width is another than before', () => {
    const grown = fc.record({ from: fc.nat({ max: 200_000 }), added: fc.nat({ max: 3000 }) });
    fc.assert(
      fc.property(grown, ({ from, added }) => {
        const to = from + added;
        const expected: object[] = [];
        for (const level of [0, 1, 2, 3]) {
          for (let index = 0; tileWidth({ level, index }, to) > 0; index += 1) {
            const width = tileWidth({ level, index }, to);
            if (width !== tileWidth({ level, index }, from)) expected.push({ level, index, width });
          }
        }
        expect(changedTiles(from, to)).toEqual(expected);
      }),
    );
  });

  it('are none when nothing was added, and no tree shrinks', () => {
    expect(changedTiles(300, 300)).toEqual([]);
    expect(() => changedTiles(2, 1)).toThrow(RangeError);
  });
});

describe('a tree kept in tiles', () => {
  const size = 70_000;
  const leaves = Array.from({ length: size }, (_, at) => leafHash(sha256, Buffer.from(`${at}`)));
  const { frontier, completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
  const hashes = new Map(completed.map((node) => [`${node.level}/${node.index}`, node.hash]));
  const tiles = new Map(
    changedTiles(0, size).map((tile) => {
      const rows = Array.from({ length: tile.width }, (_, at) =>
        hashes.get(`${tile.level * 8}/${tile.index * 256 + at}`),
      );
      return [`${tile.level}/${tile.index}`, encodeTile(rows.filter((hash) => hash !== undefined))];
    }),
  );
  const read = createTileReader(sha256, (level, index) => {
    const bytes = tiles.get(`${level}/${index}`);
    if (bytes === undefined) throw new Error(`no tile ${level}/${index}`);
    return bytes;
  });

  it('gives back every node that appending made', () => {
    for (const node of completed.filter((_, at) => at % 97 === 0)) {
      expect(Buffer.compare(read(node.level, node.index), node.hash)).toBe(0);
    }
    expect(completed.length).toBeGreaterThan(size);
  });

  it('proves its leaves', () => {
    const root = frontierRoot(sha256, frontier);
    for (const index of [0, 255, 256, 65_535, 65_536, 69_999]) {
      const proof = buildInclusionProof(sha256, read, { index, size });
      const leaf = leaves[index] ?? new Uint8Array();
      const claim = { index, size, leafHash: leaf, root, proof: proof.ok ? proof.value : [] };
      expect(verifyInclusion(sha256, claim)).toEqual({ ok: true, value: null });
    }
  });

  it('does not answer for a node that its tiles do not hold', () => {
    expect(() => read(0, size)).toThrow(RangeError);
    expect(() => read(8, 273)).toThrow(RangeError);
  });

  it('finds the tile of a node at any level', () => {
    expect(tileOfNode({ level: 7, index: 3 })).toEqual({ level: 0, index: 1 });
    expect(tileOfNode({ level: 8, index: 300 })).toEqual({ level: 1, index: 1 });
  });
});

describe('the bytes', () => {
  it('of a tile read back as its hashes', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.array(hash, { minLength: 1, maxLength: 256 }), (hashes) => {
        expect(decodeTile(encodeTile(hashes))).toEqual({ ok: true, value: hashes });
      }),
    );
  });

  it.each([0, 31, 33, 257 * 32])('are no tile when there are %d of them', (length) => {
    expect(decodeTile(new Uint8Array(length))).toEqual({ ok: false, refusal: { code: 'tlog.tile-length' } });
  });

  it('of a hash of another length fit no tile', () => {
    expect(() => encodeTile([new Uint8Array(31)])).toThrow(RangeError);
  });

  it('of an entry bundle read back as its entries', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(entries, (value) => {
        expect(decodeEntries(encodeEntries(value))).toEqual({ ok: true, value });
      }),
    );
    const longest = [new Uint8Array(ENTRY_MAX_BYTES).fill(7)];
    expect(decodeEntries(encodeEntries(longest))).toEqual({ ok: true, value: longest });
  });

  it('of an entry that is too long fit no bundle', () => {
    expect(() => encodeEntries([new Uint8Array(ENTRY_MAX_BYTES + 1)])).toThrow(RangeError);
  });

  it.each([
    ['none', new Uint8Array()],
    ['half a length', Uint8Array.of(0)],
    ['an entry cut short', Uint8Array.of(0, 2, 1)],
    ['257 entries', new Uint8Array(257 * 2)],
  ])('are no bundle: %s', (_, bytes) => {
    expect(decodeEntries(bytes)).toEqual({ ok: false, refusal: { code: 'tlog.bundle-malformed' } });
  });
});
