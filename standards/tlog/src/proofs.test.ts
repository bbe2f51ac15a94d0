import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildConsistencyProof, consistencyNodes, verifyConsistency } from './consistency-proof.ts';
import { appendLeafHashes, EMPTY_FRONTIER, frontierNodes, frontierRoot, readFrontier } from './frontier.ts';
import { buildInclusionProof, inclusionNodes, verifyInclusion } from './inclusion-proof.ts';
import { childrenHash, emptyRoot, leafHash } from './merkle-hash.ts';
import type { NodeReader } from './tree-range.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, at) => leafHash(sha256, new TextEncoder().encode(`entry ${at}`)));

/** The definition of RFC 6962 §2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return emptyRoot(sha256);
  if (leaves.length === 1) return only;
  const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return childrenHash(sha256, naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

function treeOf(leaves: readonly Uint8Array[]) {
  const { frontier, completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
  const nodes = new Map(completed.map((node) => [`${node.level}/${node.index}`, node.hash]));
  const read: NodeReader = (level, index) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no node ${level}/${index}`);
    return hash;
  };
  return { frontier, read, root: frontierRoot(sha256, frontier) };
}

function expectFound<T>(answer: { ok: true; value: T } | { ok: false; refusal: { code: string } }): T {
  if (answer.ok) return answer.value;
  throw new Error(answer.refusal.code);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

const place = fc
  .integer({ min: 1, max: 600 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
const sizePair = fc
  .integer({ min: 1, max: 600 })
  .chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to }) }));
const allLeaves = leavesOf(600);

describe('the frontier', () => {
  it('has the root of the definition after any sequence of appends', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }), (batches) => {
        let frontier = EMPTY_FRONTIER;
        for (const batch of batches) {
          const leaves = allLeaves.slice(frontier.size, frontier.size + batch);
          frontier = appendLeafHashes(sha256, frontier, leaves).frontier;
        }
        expect(frontierRoot(sha256, frontier)).toEqual(naiveRoot(allLeaves.slice(0, frontier.size)));
      }),
    );
  });

  it('of an empty tree has the hash of no bytes as its root', () => {
    expect(Buffer.from(frontierRoot(sha256, EMPTY_FRONTIER)).toString('base64')).toBe(
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    );
  });

  it('is read back from stored nodes as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), (size) => {
        const tree = treeOf(allLeaves.slice(0, size));
        expect(readFrontier(size, tree.read)).toEqual(tree.frontier);
      }),
    );
  });

  it('has one node for each one-bit of sizes past 2^32', () => {
    expect(frontierNodes(2 ** 40 + 3)).toEqual([
      { level: 40, index: 0 },
      { level: 1, index: 2 ** 39 },
      { level: 0, index: 2 ** 40 + 2 },
    ]);
  });

  it('refuses a leaf hash of another length and a size that no tree has', () => {
    expect(() => appendLeafHashes(sha256, EMPTY_FRONTIER, [new Uint8Array(31)])).toThrow(RangeError);
    expect(() => appendLeafHashes(sha256, { size: 1, hashes: [] }, leavesOf(1))).toThrow(RangeError);
    expect(() => frontierNodes(-1)).toThrow(RangeError);
  });
});

describe('an inclusion proof', () => {
  it('verifies for every leaf of a tree of any size', () => {
    fc.assert(
      fc.property(place, ({ index, size }) => {
        const tree = treeOf(allLeaves.slice(0, size));
        const proof = expectFound(buildInclusionProof(sha256, tree.read, { index, size }));
        const leaf = allLeaves[index] ?? new Uint8Array();
        expect(verifyInclusion(sha256, { index, size, proof, leafHash: leaf, root: tree.root }).ok).toBe(
          true,
        );
      }),
    );
  });

  it('reads exactly the nodes that it announced', () => {
    fc.assert(
      fc.property(place, ({ index, size }) => {
        const tree = treeOf(allLeaves.slice(0, size));
        const seen: unknown[] = [];
        const read: NodeReader = (level, at) => {
          seen.push({ level, index: at });
          return tree.read(level, at);
        };
        buildInclusionProof(sha256, read, { index, size });
        expect(seen.toSorted(byText)).toEqual(expectFound(inclusionNodes({ index, size })).toSorted(byText));
      }),
    );
  });

  it('fails when one bit of it, of the leaf or of the root is another', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.nat({ max: 255 }), ({ index, size }, which, bit) => {
        const tree = treeOf(allLeaves.slice(0, size));
        const proof = expectFound(buildInclusionProof(sha256, tree.read, { index, size }));
        const hashes = [...proof, allLeaves[index] ?? new Uint8Array(), tree.root];
        const broken = hashes.map((hash, at) => (at === which % hashes.length ? flipped(hash, bit) : hash));
        const [root = tree.root, leaf = tree.root] = broken.toReversed();
        const claim = { index, size, proof: broken.slice(0, -2), leafHash: leaf, root };
        expect(verifyInclusion(sha256, claim)).toEqual({
          ok: false,
          refusal: { code: 'tlog.root-mismatch' },
        });
      }),
    );
  });

  it('fails when it is longer or shorter by one hash', () => {
    fc.assert(
      fc.property(place, ({ index, size }) => {
        const tree = treeOf(allLeaves.slice(0, size));
        const proof = expectFound(buildInclusionProof(sha256, tree.read, { index, size }));
        const claim = { index, size, leafHash: allLeaves[index] ?? new Uint8Array(), root: tree.root };
        const longer = verifyInclusion(sha256, { ...claim, proof: [...proof, tree.root] });
        expect(longer).toEqual({ ok: false, refusal: { code: 'tlog.proof-length' } });
        const shorter = verifyInclusion(sha256, { ...claim, proof: proof.slice(1) });
        expect(shorter.ok).toBe(size === 1);
      }),
    );
  });

  it('verifies at places past 2^32, where bit operators end', () => {
    const size = 2 ** 33 + 1;
    const right = allLeaves[0] ?? new Uint8Array();
    const left = allLeaves[1] ?? new Uint8Array();
    const root = childrenHash(sha256, left, right);
    const claim = { index: 2 ** 33, size, leafHash: right, proof: [left], root };
    expect(verifyInclusion(sha256, claim).ok).toBe(true);
  });

  it.each([
    [{ index: 0, size: 0 }, 'tlog.size-invalid'],
    [{ index: 0, size: 1.5 }, 'tlog.size-invalid'],
    [{ index: 1, size: 1 }, 'tlog.index-out-of-range'],
    [{ index: -1, size: 1 }, 'tlog.index-out-of-range'],
  ] as const)('cannot be built or checked for %o: %s', (at, code) => {
    const refusal = { ok: false, refusal: { code } };
    const hash = allLeaves[0] ?? new Uint8Array();
    expect(buildInclusionProof(sha256, () => hash, at)).toEqual(refusal);
    expect(inclusionNodes(at)).toEqual(refusal);
    expect(verifyInclusion(sha256, { ...at, leafHash: hash, root: hash, proof: [] })).toEqual(refusal);
  });
});

describe('a consistency proof', () => {
  it('verifies between any two sizes of a growing tree', () => {
    fc.assert(
      fc.property(sizePair, ({ from, to }) => {
        const tree = treeOf(allLeaves.slice(0, to));
        const proof = expectFound(buildConsistencyProof(sha256, tree.read, { from, to }));
        const fromRoot = naiveRoot(allLeaves.slice(0, from));
        expect(verifyConsistency(sha256, { from, to, fromRoot, toRoot: tree.root, proof }).ok).toBe(true);
        expect(expectFound(consistencyNodes({ from, to })).length).toBeGreaterThanOrEqual(proof.length);
      }),
    );
  });

  it('fails when one bit of it or of a root is another', () => {
    fc.assert(
      fc.property(sizePair, fc.nat(), fc.nat({ max: 255 }), ({ from, to }, which, bit) => {
        const tree = treeOf(allLeaves.slice(0, to));
        const proof = expectFound(buildConsistencyProof(sha256, tree.read, { from, to }));
        const hashes = [...proof, naiveRoot(allLeaves.slice(0, from)), tree.root];
        const broken = hashes.map((hash, at) => (at === which % hashes.length ? flipped(hash, bit) : hash));
        const [toRoot = tree.root, fromRoot = tree.root] = broken.toReversed();
        const claim = { from, to, fromRoot, toRoot, proof: broken.slice(0, -2) };
        expect(verifyConsistency(sha256, claim).ok).toBe(false);
      }),
    );
  });

  it.each([
    [0, 0],
    [0, 4],
    [5, 4],
    [1, Number.NaN],
  ])('says nothing between the sizes %d and %d', (from, to) => {
    const refusal = { ok: false, refusal: { code: 'tlog.size-invalid' } };
    const hash = allLeaves[0] ?? new Uint8Array();
    expect(buildConsistencyProof(sha256, () => hash, { from, to })).toEqual(refusal);
    expect(verifyConsistency(sha256, { from, to, fromRoot: hash, toRoot: hash, proof: [] })).toEqual(refusal);
  });
});

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
