import { type Checkpoint, parseCheckpoint } from '@praya/tlog/checkpoint';
import { type Cosignature, verifyCosignature } from '@praya/tlog/cosignature';
import { parseNote, type VerifierKey, verifyNote } from '@praya/tlog/note';
import { type Policy, policyMet, quorumSize } from '@praya/tlog/policy';
import type { TlogCode } from '@praya/tlog/result';
import { verifyCosigned, verifySigned } from './crypto.ts';

/** A checkpoint that the log has signed, and who cosigned it. */
export type CheckedCheckpoint = Checkpoint & {
  readonly note: string;
  readonly cosignatures: readonly Cosignature[];
  /** Lines of witnesses of the policy that do not hold: the name, and what is wrong. */
  readonly troubles: readonly { readonly name: string; readonly code: TlogCode }[];
  readonly quorumMet: boolean;
};

export type Checked =
  | { readonly ok: true; readonly value: CheckedCheckpoint }
  | { readonly ok: false; readonly code: TlogCode };

/**
 * Checks a note by the log's key and the policy's witnesses. Only the log's own signature can refuse it: whoever
 * passes it on may add lines to it.
 */
export function checkCheckpoint(
  note: string,
  trust: { readonly key: VerifierKey; readonly policy: Policy },
): Checked {
  const verified = verifyNote(note, [trust.key], verifySigned);
  if (!verified.ok) return { ok: false, code: verified.refusal.code };
  const parsed = parseNote(note);
  const checkpoint = parseCheckpoint(verified.value.text);
  if (!parsed.ok) return { ok: false, code: parsed.refusal.code };
  if (!checkpoint.ok) return { ok: false, code: checkpoint.refusal.code };
  if (checkpoint.value.origin !== trust.key.name) return { ok: false, code: 'tlog.origin-mismatch' };
  const keys = trust.policy.witnesses.map(({ key }) => key);
  const cosignatures: Cosignature[] = [];
  const troubles: { name: string; code: TlogCode }[] = [];
  for (const line of parsed.value.signatures) {
    const answer = verifyCosignature({ text: verified.value.text, line }, keys, verifyCosigned);
    if (answer.ok) cosignatures.push(answer.value);
    else if (answer.refusal.code !== 'tlog.signature-missing')
      troubles.push({ name: line.name, code: answer.refusal.code });
  }
  const quorumMet = policyMet(
    trust.policy,
    cosignatures.map(({ key }) => key),
  );
  return { ok: true, value: { ...checkpoint.value, note, cosignatures, troubles, quorumMet } };
}

/** How many cosigners a checkpoint has, and how many it needs, as a sentence. */
export function quorumSentence(checked: CheckedCheckpoint, policy: Policy): string {
  const { need, of } = quorumSize(policy);
  const names = new Set(checked.cosignatures.map(({ key }) => key.name));
  const wrong = checked.troubles.map(({ name, code }) => `; ${name}: ${code}`).join('');
  return `${names.size} witnesses cosigned, ${need} of ${of} are needed${wrong}`;
}

/** The time of the newest cosignature, in seconds; null without one. */
export function newestCosignature(checked: CheckedCheckpoint): number | null {
  return checked.cosignatures.reduce<number | null>(
    (newest, { timestamp }) => Math.max(newest ?? 0, timestamp),
    null,
  );
}
