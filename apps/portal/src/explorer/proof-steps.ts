import { decodeBase64 } from '@praya/verifier/base64';
import { childrenHash } from '@praya/verifier/merkle';

/** One step up: two hashes side by side and the hash of both. `own` says on which side the walker comes from. */
export type Step = {
  /** how many leaves the two subtrees together span: [from, until) */
  readonly from: number;
  readonly until: number;
  readonly own: 'left' | 'right';
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  readonly parent: Uint8Array;
};

type Span = { readonly from: number; readonly middle: number; readonly until: number };

/**
 * Walks a proof of inclusion from the leaf to the root and computes every hash on the way; null for a proof that
 * has not the length that this place in this tree asks for, or holds what is no hash.
 */
export async function walkProof(about: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly string[];
}): Promise<readonly Step[] | null> {
  const spans = spansOf(about.index, about.size);
  if (spans.length !== about.proof.length) return null;
  const steps: Step[] = [];
  let hash = about.leafHash;
  for (const [at, { from, middle, until }] of spans.entries()) {
    const sibling = decodeBase64(about.proof[at] ?? '');
    if (sibling?.length !== 32) return null;
    const own = about.index < middle ? 'left' : 'right';
    const [left, right] = own === 'left' ? [hash, sibling] : [sibling, hash];
    hash = await childrenHash(left, right);
    steps.push({ from, until, own, left, right, parent: hash });
  }
  return steps;
}

/** The root that a walk arrives at: of a tree of one leaf, the leaf itself. */
export function arrivalOf(leafHash: Uint8Array, steps: readonly Step[]): Uint8Array {
  return steps.at(-1)?.parent ?? leafHash;
}

/** The subtrees that hold a leaf, the smallest first. Source: RFC 9162 §2.1.1, the tree splits at a power of two. */
function spansOf(index: number, size: number): readonly Span[] {
  const spans: Span[] = [];
  let from = 0;
  let until = size;
  while (until - from > 1) {
    let split = 1;
    while (split * 2 < until - from) split *= 2;
    const middle = from + split;
    spans.unshift({ from, middle, until });
    if (index < middle) until = middle;
    else from = middle;
  }
  return spans;
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
