import { type CosignatureFinding, checkCosignature } from '@praya/verifier/cosignature';
import { readCheckpoint, readNote, verifyNote } from '@praya/verifier/signed-note';
import type { TrustList } from '@praya/verifier/trust-list';
import { readWitnessPolicy, verifyWitnesses, type WitnessPolicy } from '@praya/verifier/witness-policy';
import type { CheckLine } from '../proof/check-list.tsx';

/** What one witness says of a checkpoint, over all its keys. */
export type Cosigner = {
  readonly name: string;
  readonly finding: CosignatureFinding;
  readonly at: Date;
};

export type CheckedCheckpoint = {
  readonly checks: readonly CheckLine[];
  readonly cosigners: readonly Cosigner[];
};

/** Checks in this browser who signed a checkpoint: its log, and enough witnesses, by the keys of the trust list. */
export async function checkCheckpoint(
  about: { readonly note: string; readonly origin: string },
  trust: Pick<TrustList, 'logs' | 'witnessPolicy'>,
): Promise<CheckedCheckpoint> {
  const signed = await checkLog(about, trust);
  const policy = await readWitnessPolicy(trust.witnessPolicy);
  if (!policy.ok) return { checks: [signed, failed('witnesses', policy.refusal.code)], cosigners: [] };
  const witnessed = await verifyWitnesses(about.note, policy.value);
  const check: CheckLine = witnessed.ok
    ? { name: 'witnesses', ok: true }
    : failed('witnesses', witnessed.refusal.code);
  return { checks: [signed, check], cosigners: await cosignersOf(about.note, policy.value) };
}

async function checkLog(
  about: { readonly note: string; readonly origin: string },
  trust: Pick<TrustList, 'logs'>,
): Promise<CheckLine> {
  for (const { vkey } of trust.logs.filter(({ origin }) => origin === about.origin)) {
    const text = await verifyNote(about.note, vkey);
    const read = text.ok ? readCheckpoint(text.value) : text;
    if (read.ok && read.value.origin === about.origin) return { name: 'log-signature', ok: true };
  }
  return failed('log-signature', 'note.signature-missing');
}

function failed(name: string, code: string): CheckLine {
  return { name, ok: false, code };
}

async function cosignersOf(text: string, policy: WitnessPolicy): Promise<readonly Cosigner[]> {
  const note = readNote(text);
  if (!note.ok) return [];
  const found = new Map<string, Cosigner>();
  for (const key of policy.witnesses.values()) {
    const { finding, timestamp } = await checkCosignature(note.value, key);
    const best = found.get(key.name);
    if (best === undefined || weight(finding) > weight(best.finding)) {
      found.set(key.name, { name: key.name, finding, at: new Date(timestamp * 1000) });
    }
  }
  return [...found.values()];
}

/** A line that does not hold outweighs one that does. */
function weight(finding: CosignatureFinding): number {
  return (['missing', 'unchecked', 'good', 'wrong'] as const).indexOf(finding);
}
