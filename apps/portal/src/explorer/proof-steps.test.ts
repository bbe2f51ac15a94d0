import { createHash } from 'node:crypto';
import { encodeBase64 } from '@praya/verifier/base64';
import { pathOf, treeHash } from '@praya/verifier/testing/log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf, walkProof } from './proof-steps.ts';

const leaf = (at: number) => new Uint8Array(createHash('sha256').update(`leaf ${at}`).digest());
const leavesOf = (size: number) => Array.from({ length: size }, (_, at) => leaf(at));

const place = fc
  .integer({ min: 1, max: 70 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));

describe('the walk of a proof', () => {
  it('arrives at the root of the tree, from every leaf of every small tree', async () => {
    await fc.assert(
      fc.asyncProperty(place, async ({ size, index }) => {
        const leaves = leavesOf(size);
        const proof = (await pathOf(index, leaves)).map(encodeBase64);
        const steps = await walkProof({ index, size, leafHash: leaf(index), proof });
        expect(steps).not.toBeNull();
        expect(arrivalOf(leaf(index), steps ?? [])).toEqual(await treeHash(leaves));
        for (const { from, until } of steps ?? []) {
          expect(from <= index && index < until).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('arrives elsewhere when one sibling is another', async () => {
    const leaves = leavesOf(11);
    const proof = (await pathOf(6, leaves)).map(encodeBase64);
    const forged = proof.with(1, encodeBase64(leaf(99)));
    const steps = await walkProof({ index: 6, size: 11, leafHash: leaf(6), proof: forged });
    expect(arrivalOf(leaf(6), steps ?? [])).not.toEqual(await treeHash(leaves));
  });

  it('does not begin where the proof is too short, too long, or holds what is no hash', async () => {
    const about = { index: 6, size: 11, leafHash: leaf(6) };
    const proof = (await pathOf(6, leavesOf(11))).map(encodeBase64);
    expect(await walkProof({ ...about, proof: proof.slice(1) })).toBeNull();
    expect(await walkProof({ ...about, proof: [...proof, encodeBase64(leaf(1))] })).toBeNull();
    expect(await walkProof({ ...about, proof: proof.with(0, 'AAAA') })).toBeNull();
  });
});
