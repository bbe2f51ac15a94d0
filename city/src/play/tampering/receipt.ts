import { formatNote, parseNote } from '@praya/tlog/note';
import { formatTlogProof, parseTlogProof, type TlogProof } from '@praya/tlog/tlog-proof';

/** A receipt as far as its proofs go: one for each statement. */
export type ProofBearing = {
  readonly statements: readonly { readonly statement: string; readonly proof: string }[];
};

/** The same bytes with one bit turned round. */
export function flipBit(bytes: Uint8Array, bit = 0): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit % 8));
  return flipped;
}

/** One bit of a sibling hash on the way to the root is another. */
export function flipProofHash<R extends ProofBearing>(receipt: R): R {
  return withLastProof(receipt, (proof) => {
    const [first, ...others] = proof.proof;
    if (first === undefined) throw new RangeError('A tree of one entry has no hash to flip');
    return { ...proof, proof: [flipBit(first), ...others] };
  });
}

/** The proof of somebody else's entry stands where this one's was. */
export function proofOfAnother<R extends ProofBearing>(receipt: R, other: ProofBearing): R {
  const stolen = other.statements.at(-1)?.proof ?? '';
  const last = receipt.statements.length - 1;
  return {
    ...receipt,
    statements: receipt.statements.map((one, at) => (at === last ? { ...one, proof: stolen } : one)),
  };
}

/** Of each checkpoint's cosignatures only the first so many are left; the log's own signature stays. */
export function keepCosignatures<R extends ProofBearing>(receipt: R, most: number): R {
  const statements = receipt.statements.map((one) => ({
    ...one,
    proof: changeProof(one.proof, (proof) => ({ ...proof, checkpoint: stripNote(proof.checkpoint, most) })),
  }));
  return { ...receipt, statements };
}

function withLastProof<R extends ProofBearing>(receipt: R, change: (proof: TlogProof) => TlogProof): R {
  const last = receipt.statements.length - 1;
  const statements = receipt.statements.map((one, at) =>
    at === last ? { ...one, proof: changeProof(one.proof, change) } : one,
  );
  return { ...receipt, statements };
}

function changeProof(text: string, change: (proof: TlogProof) => TlogProof): string {
  const parsed = parseTlogProof(text);
  if (!parsed.ok) throw new RangeError(parsed.refusal.code);
  return formatTlogProof(change(parsed.value));
}

function stripNote(note: string, most: number): string {
  const parsed = parseNote(note);
  if (!parsed.ok) throw new RangeError(parsed.refusal.code);
  const { text, signatures } = parsed.value;
  const origin = text.slice(0, text.indexOf('\n'));
  const own = signatures.filter(({ name }) => name === origin);
  const others = signatures.filter(({ name }) => name !== origin);
  return formatNote({ text, signatures: [...own, ...others.slice(0, most)] });
}
