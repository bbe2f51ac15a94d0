import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';
import { utf8 } from './bytes.ts';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import { pathOf, treeHash } from './testing/test-log.ts';

// The vectors of transparency-dev/merkle lie beside the checkout, not in it.
const folder = new URL('../../../../shared/data/ledger/', import.meta.url);
const bytesOf = (text: string | null) => decodeBase64(text ?? '') ?? new Uint8Array();

function readCases<T>(name: string): (T & { case: string; wantErr: boolean })[] {
  return readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

type Inclusion = {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
};
type Consistency = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null };

if (existsSync(folder)) {
  describe('the published vectors of transparency-dev/merkle', () => {
    it.each(readCases<Inclusion>('merkle-inclusion.jsonl'))('answer $case as published', async (vector) => {
      const answer = await verifyInclusion({
        index: vector.leafIdx,
        size: vector.treeSize,
        leafHash: bytesOf(vector.leafHash),
        root: bytesOf(vector.root),
        proof: (vector.proof ?? []).map(bytesOf),
      });
      expect(answer.ok).toBe(!vector.wantErr);
    });

    it.each(readCases<Consistency>('merkle-consistency.jsonl'))(
      'answer $case as published',
      async (vector) => {
        const answer = await verifyConsistency({
          from: vector.size1,
          to: vector.size2,
          fromRoot: bytesOf(vector.root1),
          toRoot: bytesOf(vector.root2),
          proof: (vector.proof ?? []).map(bytesOf),
        });
        expect(answer.ok).toBe(!vector.wantErr);
      },
    );
  });
} else {
  it.skip('the published vectors are not beside this checkout', () => {});
}

describe('an inclusion proof', () => {
  const place = fc
    .integer({ min: 1, max: 70 })
    .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat({ max: size - 1 }) }));

  it('verifies for its own leaf and for no other', async () => {
    const all = await Promise.all(Array.from({ length: 70 }, (_, at) => leafHash(utf8(`entry ${at}`))));
    await fc.assert(
      fc.asyncProperty(place, fc.nat(), async ({ size, index }, other) => {
        const leaves = all.slice(0, size);
        const claim = { index, size, root: await treeHash(leaves), proof: await pathOf(index, leaves) };
        const own = leaves[index] ?? new Uint8Array();
        const another = leaves[other % size] ?? new Uint8Array();
        expect((await verifyInclusion({ ...claim, leafHash: own })).ok).toBe(true);
        expect((await verifyInclusion({ ...claim, leafHash: another })).ok).toBe(other % size === index);
        expect((await verifyInclusion({ ...claim, index: other % size, leafHash: own })).ok).toBe(
          other % size === index,
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('a consistency proof', () => {
  const sizes = fc
    .integer({ min: 1, max: 60 })
    .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to }) }));

  it('verifies between any two sizes, and not with one bit of a root or of it changed', async () => {
    const all = await Promise.all(Array.from({ length: 60 }, (_, at) => leafHash(utf8(`entry ${at}`))));
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat({ max: 255 }), async ({ from, to }, which, bit) => {
        const fromRoot = await treeHash(all.slice(0, from));
        const toRoot = await treeHash(all.slice(0, to));
        const proof = await provenGrowth(all.slice(0, to), from, true);
        expect((await verifyConsistency({ from, to, fromRoot, toRoot, proof })).ok).toBe(true);
        const hashes = [fromRoot, toRoot, ...proof];
        const [otherFrom = fromRoot, otherTo = toRoot, ...otherProof] = hashes.map((hash, at) =>
          at === which % hashes.length ? flipped(hash, bit) : hash,
        );
        const claim = { from, to, fromRoot: otherFrom, toRoot: otherTo, proof: otherProof };
        expect((await verifyConsistency(claim)).ok).toBe(false);
      }),
    );
  });
});

/** SUBPROOF of RFC 9162 §2.1.4.1, word for word. */
async function provenGrowth(
  leaves: readonly Uint8Array[],
  from: number,
  whole: boolean,
): Promise<Uint8Array[]> {
  if (from === leaves.length) return whole ? [] : [await treeHash(leaves)];
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split
    ? [...(await provenGrowth(left, from, whole)), await treeHash(right)]
    : [...(await provenGrowth(right, from - split, false)), await treeHash(left)];
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
}
