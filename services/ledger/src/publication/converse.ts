import { type Cosignature, verifyCosignature } from '@praya/tlog/cosignature';
import { type NoteSignature, parseNote } from '@praya/tlog/note';
import { askWitness, type WitnessTrouble } from './ask-witness.ts';
import { checkCosignature, type Witness } from './witnesses.ts';

/** A cosignature that holds, and its line for the note. */
export type Collected = Cosignature & { readonly line: NoteSignature };

/** What came of asking one witness about one checkpoint. */
export type Outcome = {
  readonly witness: Witness;
  readonly cosignatures: readonly Collected[];
  /** the tree that it has cosigned last, as far as it says so */
  readonly size: number | null;
  /** it knows a larger tree than this one, or another of this size: of how many leaves at least */
  readonly claims: number | null;
  readonly trouble: WitnessTrouble | null;
};

export type Question = {
  readonly witness: Witness;
  /** the signed checkpoint, and its size */
  readonly checkpoint: string;
  readonly size: number;
  /** the tree that the witness was last known to have cosigned */
  readonly old: number;
  /** cosignatures dated earlier are not taken. Units: seconds since 1970 */
  readonly notBefore: number;
  readonly signal: AbortSignal;
  readonly ask: typeof fetch;
  /** RFC 9162 §2.1.4, from `from` leaves to those of the checkpoint */
  proofFrom(from: number): Promise<readonly Uint8Array[]>;
};

/** A witness that names another size each time is not asked for ever. */
const MOST_QUESTIONS = 4;

/** Who has another tree of the same size knows a history that no size of ours reaches. */
const BEYOND_ALL = Number.MAX_SAFE_INTEGER;

/**
 * Asks one witness for its cosignature, from the size that it names itself where ours was wrong.
 * Errors: throws what `proofFrom` throws; nothing that the witness does is thrown.
 */
export async function converse(question: Question): Promise<Outcome> {
  const { witness, checkpoint, size, signal, ask } = question;
  let old = Math.min(question.old, size);
  for (let asked = 0; asked < MOST_QUESTIONS; asked += 1) {
    const proof = old === 0 || old === size ? [] : await question.proofFrom(old);
    const answer = await askWitness(
      { address: witness.address, request: { old, proof, checkpoint }, signal },
      ask,
    );
    if (answer.kind === 'trouble') return outcomeOf(question, { trouble: answer.code });
    if (answer.kind === 'cosigned') return cosigned(question, answer.lines);
    const outcome = conflictOutcome(question, answer.size, old);
    if (outcome !== null) return outcome;
    old = answer.size ?? old;
  }
  return outcomeOf(question, { size: old, trouble: 'witness.conflict' });
}

/**
 * Asks one witness what it has seen, and nothing more: it is sent no proof.
 * Where it stands at the checkpoint's own size it cosigns it once more.
 */
export async function inquire(question: Omit<Question, 'old' | 'proofFrom'>): Promise<Outcome> {
  const { witness, checkpoint, size, signal, ask } = question;
  const request = { old: size, proof: [], checkpoint };
  const answer = await askWitness({ address: witness.address, request, signal }, ask);
  if (answer.kind === 'cosigned') return cosigned(question, answer.lines);
  if (answer.kind === 'trouble') {
    // who does not know the log has not seen it
    const size = answer.code === 'witness.log-unknown' ? 0 : null;
    return outcomeOf(question, { size, trouble: answer.code });
  }
  return conflictOutcome(question, answer.size, size) ?? outcomeOf(question, { size: answer.size });
}

/** What a conflict says when it was asked from `old`; null when it only names another size from which it can be asked. */
function conflictOutcome(
  question: Pick<Question, 'witness' | 'size'>,
  named: number | null,
  old: number,
): Outcome | null {
  const { size } = question;
  if (named !== null && named > size) {
    return outcomeOf(question, { size: named, claims: named, trouble: 'witness.ahead' });
  }
  if (named !== null && named !== old) return null;
  // it stands where the checkpoint does, and refuses it
  if (old === size && size > 0) {
    return outcomeOf(question, { size, claims: BEYOND_ALL, trouble: 'witness.other-root' });
  }
  return outcomeOf(question, { trouble: named === null ? 'witness.answer-malformed' : 'witness.conflict' });
}

/** The lines that hold; the others are dropped, and the first of them is the trouble. */
function cosigned(
  question: Pick<Question, 'witness' | 'checkpoint' | 'size' | 'notBefore'>,
  lines: readonly NoteSignature[],
): Outcome {
  const note = parseNote(question.checkpoint);
  if (!note.ok) throw new Error('We asked with a signed checkpoint');
  const { text } = note.value;
  const cosignatures: Collected[] = [];
  let trouble: WitnessTrouble | null = null;
  for (const line of lines) {
    const answer = verifyCosignature({ text, line }, question.witness.keys, checkCosignature);
    if (!answer.ok) {
      // unknown keys are passed over: C2SP tlog-witness
      if (answer.refusal.code !== 'tlog.signature-missing') trouble ??= 'witness.cosignature-wrong';
    } else if (answer.value.timestamp < question.notBefore) trouble ??= 'witness.cosignature-old';
    else if (!cosignatures.some(({ key }) => key === answer.value.key)) {
      cosignatures.push({ ...answer.value, line });
    }
  }
  if (cosignatures.length === 0) {
    return outcomeOf(question, { trouble: trouble ?? 'witness.cosignature-missing' });
  }
  return outcomeOf(question, { cosignatures, size: question.size, trouble });
}

function outcomeOf(
  { witness }: { readonly witness: Witness },
  about: Partial<Omit<Outcome, 'witness'>>,
): Outcome {
  return { witness, cosignatures: [], size: null, claims: null, trouble: null, ...about };
}
