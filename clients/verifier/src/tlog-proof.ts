import { decodeBase64 } from './base64.ts';
import type { Bytes } from './bytes.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { type Check, examine, type Findings, type Proof } from './checks.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import { checkpointIsSigned, checkpointIsWitnessed } from './receipt-log.ts';
import { NOTE_MAX_LENGTH, readCheckpoint, readNote } from './signed-note.ts';
import { type TrustAnchor, type TrustList, verifyTrustList } from './trust-list.ts';

/** A proof taken apart, nothing checked. `extra` is signed by nobody. */
export type TlogProof = {
  readonly index: number;
  readonly proof: readonly Bytes[];
  readonly checkpoint: string;
  readonly extra: Bytes | null;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MOST_HASHES = 63;
const EXTRA_MAX_LENGTH = 100_000;

/**
 * Takes the text of a proof apart, strictly.
 *
 * Errors  proof.too-large, proof.malformed
 * Source  C2SP tlog-proof, “Format”
 */
export function readTlogProof(text: unknown): Checked<TlogProof> {
  if (typeof text !== 'string') return unproven('proof.malformed');
  if (text.length > NOTE_MAX_LENGTH + EXTRA_MAX_LENGTH) return unproven('proof.too-large');
  const split = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64((lines.shift() ?? '').slice(6)) : null;
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  const index = Number(digits ?? Number.NaN);
  const proof = lines.map(decodeBase64).filter((hash) => hash?.length === 32);
  const whole = proof.length === lines.length && proof.length <= MOST_HASHES;
  // where there is extra data, its line is read; an empty one is none
  const extraHolds = !/^[^\n]*\nextra /.test(text) || (extra !== null && extra.length > 0);
  if (header !== HEADER || !Number.isSafeInteger(index) || !whole || !extraHolds) {
    return unproven('proof.malformed');
  }
  return proven({
    index,
    proof: proof.filter((hash) => hash !== null),
    checkpoint: text.slice(split + 2),
    extra,
  });
}

/** The proofs in a proof: that the tree holds the entry, that the log signed the tree, that witnesses saw it. */
export type ProofCheckName = 'shape' | 'trust-list' | 'inclusion-proof' | 'log-signature' | 'witnesses';
export type ProofCheck = Check<'proof', ProofCheckName>;
export type ProofVerdict = {
  readonly ok: boolean;
  readonly checks: readonly ProofCheck[];
  /** where the entry is, only when everything holds */
  readonly place: { readonly origin: string; readonly index: number; readonly size: number } | null;
};

/** By what a proof is checked: the trust list (JWS) and its anchor, or the keys of logs and the policy of witnesses. */
export type ProofTrust =
  | { readonly anchor: TrustAnchor; readonly trust: unknown }
  | Pick<TrustList, 'logs' | 'witnessPolicy'>;

type Trusted = Pick<TrustList, 'logs' | 'witnessPolicy'>;

/**
 * Checks a proof offline. Never throws.
 *
 * Shape   of the entry itself, or of its leaf hash; without either the inclusion proof is missing its leaf
 * Errors  none thrown; each check that does not hold says `missing`, `wrong` or `not-checked`
 */
export async function verifyTlogProof(
  text: unknown,
  by: ProofTrust & { readonly entry?: Bytes; readonly leafHash?: Bytes },
): Promise<ProofVerdict> {
  const findings: Findings<'proof', ProofCheckName> = { document: 'proof', checks: [] };
  const read = readTlogProof(text);
  if (!read.ok) {
    const shape = { name: 'shape', ok: false, code: 'proof.shape-wrong', detail: read.refusal.code } as const;
    return { ok: false, checks: [shape], place: null };
  }
  const { checkpoint, index } = read.value;
  const trust = await trustedBy(findings, by);
  const leaf = by.leafHash ?? (by.entry === undefined ? null : await leafHash(by.entry));
  const place = await examine(findings, { name: 'inclusion-proof', pieces: [leaf], needs: {} }, () =>
    proofLeads(read.value, leaf),
  );
  const origin = originOf(checkpoint);
  await examine(findings, { name: 'log-signature', pieces: [origin], needs: { trust } }, (given) =>
    checkpointIsSigned({ checkpoint, origin }, given.trust),
  );
  await examine(findings, { name: 'witnesses', pieces: [origin], needs: { trust } }, (given) =>
    checkpointIsWitnessed(checkpoint, given.trust),
  );
  const { checks } = findings;
  const ok = checks.every((check) => check.ok);
  const size = place.value;
  return { ok, checks, place: ok && size !== null && origin !== null ? { origin, index, size } : null };
}

async function trustedBy(
  findings: Findings<'proof', ProofCheckName>,
  by: ProofTrust,
): Promise<Proof<Trusted, ProofCheckName>> {
  if (!('anchor' in by)) return { from: 'trust-list', value: by };
  return examine(findings, { name: 'trust-list', pieces: [by.trust], needs: {} }, () =>
    verifyTrustList(by.trust, by.anchor),
  );
}

/**
 * Checks that the leaf leads to the checkpoint's root; answers the tree's size.
 *
 * Errors  proof.entry-missing, those of readNote, readCheckpoint and verifyInclusion
 */
export async function proofLeads(
  { index, proof, checkpoint }: TlogProof,
  leaf: Bytes | null,
): Promise<Checked<number>> {
  if (leaf === null) return unproven('proof.entry-missing');
  const note = readNote(checkpoint);
  const read = note.ok ? readCheckpoint(note.value.text) : note;
  if (!read.ok) return read;
  const { size, root } = read.value;
  const included = await verifyInclusion({ index, size, root, proof, leafHash: leaf });
  return included.ok ? proven(size) : included;
}

/** The origin that the checkpoint states: the name of the log whose key must have signed it. */
export function originOf(checkpoint: string): string | null {
  const [origin] = checkpoint.split('\n', 1);
  return origin === undefined || origin === '' ? null : origin;
}
