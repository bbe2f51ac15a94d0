import { parseCheckpoint } from '@praya/tlog/checkpoint';
import { verifyCosignatures } from '@praya/tlog/cosignature';
import { parseNote, type VerifierKey, verifyNote } from '@praya/tlog/note';
import type { Policy } from '@praya/tlog/policy';
import { checkCosignature } from '../publication/witnesses.ts';
import type { Findings } from './findings.ts';
import type { StoredCheckpoint, StoredTree } from './stored-log.ts';

/** By whom checkpoints are signed. */
export type Signers = {
  readonly log: VerifierKey;
  /** with a policy every line of a note must be the log's own or that of a witness of the policy, in its quorum or not */
  readonly policy: Policy | null;
};

/** A checkpoint against its own note, its signatures, and the root that was counted; null where none could be. */
export function checkCheckpoint(
  findings: Findings,
  about: { readonly origin: string; readonly signers: Signers; readonly root: Uint8Array | null },
  row: StoredCheckpoint,
): void {
  if (!isSigned(row.note, about.signers)) {
    findings.add('checkpoint-signature', row.size);
    return;
  }
  const parsed = parseNote(row.note);
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  const fits =
    checkpoint.ok &&
    checkpoint.value.origin === about.origin &&
    checkpoint.value.size === row.size &&
    Buffer.compare(checkpoint.value.root, row.root) === 0 &&
    (about.root === null || Buffer.compare(about.root, row.root) === 0);
  if (!fits) findings.add('checkpoint-changed', row.size);
}

/** What the world sees is the newest of the checkpoints. */
export function checkPublished(findings: Findings, tree: StoredTree, newest: StoredCheckpoint | null): void {
  const fits =
    newest === null
      ? tree.published === null && tree.publishedSize === 0
      : tree.publishedSize === newest.size &&
        tree.published === newest.note &&
        tree.publishedAt === newest.publishedAt;
  if (!fits) findings.add('checkpoint-changed', tree.publishedSize);
}

function isSigned(note: string, { log, policy }: Signers): boolean {
  const parsed = parseNote(note);
  if (!parsed.ok) return false;
  const verified = verifyNote(note, [log], (about) => checkCosignature({ ...about, algorithm: 'Ed25519' }));
  if (!verified.ok) return false;
  if (policy === null) return true;
  const keys = policy.witnesses.map(({ key }) => key);
  const cosigned = verifyCosignatures(note, keys, checkCosignature);
  if (!cosigned.ok) return false;
  const known = verified.value.signedBy.length + cosigned.value.cosignatures.length;
  return known === parsed.value.signatures.length;
}
