import { type Bytes, concat, sameBytes } from './bytes.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { sha256 } from './digest.ts';
import { count } from './shape.ts';

const HASH_BYTES = 32;

/**
 * The hash of a leaf.
 *
 * Source  RFC 9162 §2.1.1
 */
export async function leafHash(entry: Uint8Array): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0), entry));
}

/**
 * The hash of a node with two children.
 *
 * Source  RFC 9162 §2.1.1
 */
export async function childrenHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/**
 * The root to which the way from a leaf leads: the siblings that lie on the way up first, then those along the right
 * edge.
 *
 * Errors  merkle.size-invalid (a tree of size 0 too), merkle.index-out-of-range, merkle.hash-length, merkle.proof-length
 * Source  RFC 9162 §2.1.3.2
 */
export async function inclusionRoot(claim: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): Promise<Checked<Bytes>> {
  if (!count(claim.size) || claim.size === 0) return unproven('merkle.size-invalid');
  if (!count(claim.index) || claim.index >= claim.size) return unproven('merkle.index-out-of-range');
  if (!allHashes([claim.leafHash, ...claim.proof])) return unproven('merkle.hash-length');
  const { inner, border } = stepsOf(claim.index, claim.size);
  if (claim.proof.length !== inner.length + border) return unproven('merkle.proof-length');
  const within = await climbInner(claim.leafHash, claim.proof.slice(0, inner.length), inner);
  return proven(concat(await climbBorder(within, claim.proof.slice(inner.length))));
}

/**
 * Checks that a leaf is in a tree.
 *
 * Errors  those of inclusionRoot, merkle.root-mismatch
 * Source  RFC 9162 §2.1.3.2
 */
export async function verifyInclusion(claim: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): Promise<Checked<null>> {
  if (!allHashes([claim.root])) return unproven('merkle.hash-length');
  const root = await inclusionRoot(claim);
  if (!root.ok) return root;
  return sameBytes(root.value, claim.root) ? proven(null) : unproven('merkle.root-mismatch');
}

/**
 * Checks that the later tree only adds to the earlier one.
 *
 * Errors  merkle.size-invalid (a tree of size 0 too), merkle.hash-length, merkle.proof-length, merkle.root-mismatch
 * Source  RFC 9162 §2.1.4.2
 */
export async function verifyConsistency(claim: {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): Promise<Checked<null>> {
  const { from, to, proof } = claim;
  if (!count(from) || !count(to) || from === 0 || from > to) return unproven('merkle.size-invalid');
  if (from === to) {
    if (proof.length > 0) return unproven('merkle.proof-length');
    return sameBytes(claim.fromRoot, claim.toRoot) ? proven(null) : unproven('merkle.root-mismatch');
  }
  if (!allHashes([claim.fromRoot, claim.toRoot, ...proof])) return unproven('merkle.hash-length');
  const { inner, border } = stepsOf(from - 1, to);
  const height = trailingZeros(from);
  const steps = inner.slice(height);
  // a tree of 2^height leaves is a node of the later one: its root is the seed and not in the proof
  const isNode = from === 2 ** height;
  const [seed, ...path] = isNode ? [claim.fromRoot, ...proof] : proof;
  if (seed === undefined || path.length !== steps.length + border) return unproven('merkle.proof-length');
  const along = path.slice(0, steps.length);
  const edge = path.slice(steps.length);
  const leftOnly = along.filter((_, at) => steps[at] === 'left');
  const fromRoot = await climbBorder(await climbBorder(seed, leftOnly), edge);
  const toRoot = await climbBorder(await climbInner(seed, along, steps), edge);
  const both = sameBytes(fromRoot, claim.fromRoot) && sameBytes(toRoot, claim.toRoot);
  return both ? proven(null) : unproven('merkle.root-mismatch');
}

type Side = 'left' | 'right';

/**
 * The way from a leaf to the root: up to where the paths of it and of the last leaf meet, on which side each
 * sibling lies; from there on along the right edge, where siblings lie on the left alone.
 */
function stepsOf(index: number, size: number): { inner: readonly Side[]; border: number } {
  const inner: Side[] = [];
  let own = index;
  let last = size - 1;
  while (own !== last) {
    inner.push(own % 2 === 1 ? 'left' : 'right');
    own = Math.floor(own / 2);
    last = Math.floor(last / 2);
  }
  let border = 0;
  for (; own > 0; own = Math.floor(own / 2)) border += own % 2;
  return { inner, border };
}

async function climbInner(
  seed: Uint8Array,
  path: readonly Uint8Array[],
  sides: readonly Side[],
): Promise<Uint8Array> {
  let hash = seed;
  for (const [at, sibling] of path.entries()) {
    hash = await (sides[at] === 'left' ? childrenHash(sibling, hash) : childrenHash(hash, sibling));
  }
  return hash;
}

async function climbBorder(seed: Uint8Array, path: readonly Uint8Array[]): Promise<Uint8Array> {
  let hash = seed;
  for (const sibling of path) hash = await childrenHash(sibling, hash);
  return hash;
}

function trailingZeros(value: number): number {
  let zeros = 0;
  for (let rest = value; rest % 2 === 0; rest /= 2) zeros += 1;
  return zeros;
}

function allHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
