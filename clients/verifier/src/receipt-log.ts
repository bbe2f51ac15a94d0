import { decodeBase64 } from './base64.ts';
import { decodeBase64url } from './base64url.ts';
import { type Bytes, concat, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { jsonDigest, sha256, textDigest } from './digest.ts';
import { decodeJws } from './jws.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import type { ActRecord, ReceiptPieces } from './receipt-pieces.ts';
import { list, text } from './shape.ts';
import { readCheckpoint, readNote, verifyNote } from './signed-note.ts';
import type { TrustList } from './trust-list.ts';
import { readWitnessPolicy, verifyWitnesses } from './witness-policy.ts';

const SALT_BYTES = 32;
const isProof = list(text(44), 64);

/**
 * Checks that the act names exactly the pieces of this receipt, and answers the commitment that the log holds.
 *
 * Shape   SHA-256(salt ‖ JCS(act)); an act of kind `consent` may name the document or a later revision of it
 * Errors  receipt.salt-malformed, receipt.digest-wrong
 */
export async function commitmentOf(act: ActRecord, pieces: ReceiptPieces): Promise<Checked<Bytes>> {
  const salt = typeof pieces.salt === 'string' ? decodeBase64url(pieces.salt) : null;
  if (salt?.length !== SALT_BYTES) return unproven('receipt.salt-malformed');
  const consents = await consentDigests(act, pieces);
  const named =
    consents.includes(act.consent_digest) &&
    act.request_digest === (await digestOfText(pieces.request)) &&
    act.response_digest === (await digestOfText(pieces.response));
  if (!named) return unproven('receipt.digest-wrong');
  return proven(await sha256(concat(salt, utf8(canonicalJson(act)))));
}

/**
 * Checks that the log of the receipt's checkpoint holds the commitment.
 *
 * Errors  receipt.malformed, those of readNote, readCheckpoint and verifyInclusion
 */
export async function commitmentIsLogged(
  commitment: Bytes,
  log: ReceiptPieces['log'],
): Promise<Checked<null>> {
  const note = readNote(log.checkpoint);
  if (!note.ok) return note;
  const checkpoint = readCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  const proof = isProof(log.proof) ? log.proof.map(decodeBase64).filter((hash) => hash !== null) : null;
  if (proof === null || !Array.isArray(log.proof) || proof.length !== log.proof.length) {
    return unproven('receipt.malformed');
  }
  const { size, root } = checkpoint.value;
  const index = typeof log.index === 'number' ? log.index : Number.NaN;
  return verifyInclusion({
    index,
    size,
    root,
    proof,
    leafHash: await leafHash(commitment),
  });
}

/**
 * Checks that the log of the receipt is one of the trust list's and signed the checkpoint.
 *
 * Errors  those of verifyNote and readCheckpoint, note.origin-wrong
 */
export async function checkpointIsSigned(
  log: Pick<ReceiptPieces['log'], 'origin' | 'checkpoint'>,
  trust: Pick<TrustList, 'logs'>,
): Promise<Checked<null>> {
  const keys = trust.logs.filter(({ origin }) => origin === log.origin);
  let answer: Checked<null> = unproven('note.origin-wrong');
  for (const { vkey } of keys) {
    const signed = await verifyNote(log.checkpoint, vkey);
    answer = signed.ok ? isOfOrigin(signed.value, log.origin) : signed;
    if (answer.ok) return answer;
  }
  return answer;
}

/**
 * Checks that enough of the trust list's witnesses cosigned the checkpoint.
 *
 * Errors  those of readWitnessPolicy and verifyWitnesses
 */
export async function checkpointIsWitnessed(
  checkpoint: unknown,
  trust: Pick<TrustList, 'witnessPolicy'>,
): Promise<Checked<null>> {
  const policy = await readWitnessPolicy(trust.witnessPolicy);
  if (!policy.ok) return policy;
  const witnessed = await verifyWitnesses(checkpoint, policy.value);
  return witnessed.ok ? proven(null) : witnessed;
}

function isOfOrigin(text: string, origin: unknown): Checked<null> {
  const checkpoint = readCheckpoint(text);
  if (!checkpoint.ok) return checkpoint;
  return checkpoint.value.origin === origin ? proven(null) : unproven('note.origin-wrong');
}

/** The digests by which the act may name the consent: null without one, of later revisions only for their own acts. */
async function consentDigests(act: ActRecord, pieces: ReceiptPieces): Promise<readonly (string | null)[]> {
  if (pieces.consent === null) return [null];
  const token = decodeJws(pieces.consent);
  const digests: (string | null)[] = [
    token.ok ? await jsonDigest(token.value.payload.consent ?? null) : 'unreadable',
  ];
  // a preview comes before she agrees: its act may have been written without a consent
  if (act.kind === 'preview') digests.push(null);
  if (act.kind !== 'consent' || !Array.isArray(pieces.states)) return digests;
  for (const state of pieces.states) {
    const decoded = decodeJws(state);
    if (decoded.ok) digests.push(await jsonDigest(decoded.value.payload));
  }
  return digests;
}

async function digestOfText(piece: unknown): Promise<string | null> {
  return typeof piece === 'string' ? textDigest(piece) : null;
}
