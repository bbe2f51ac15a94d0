/**
 * The closed list of what can be wrong with a proof, a tile, a note, a checkpoint, a cosignature or a policy.
 */
export const TLOG_CODES = [
  'tlog.size-invalid',
  'tlog.index-out-of-range',
  'tlog.hash-length',
  'tlog.proof-length',
  'tlog.root-mismatch',
  'tlog.tile-path',
  'tlog.tile-length',
  'tlog.bundle-malformed',
  'tlog.note-malformed',
  'tlog.note-too-large',
  'tlog.key-malformed',
  'tlog.key-id-mismatch',
  'tlog.signature-missing',
  'tlog.signature-wrong',
  'tlog.checkpoint-malformed',
  'tlog.origin-mismatch',
  'tlog.cosignature-malformed',
  'tlog.policy-malformed',
  'tlog.policy-too-large',
  'tlog.policy-duplicate',
  'tlog.policy-unknown-name',
  'tlog.request-malformed',
  'tlog.proof-malformed',
] as const;
export type TlogCode = (typeof TLOG_CODES)[number];

/** The value, or a code of the closed list. */
export type TlogResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: { readonly code: TlogCode } };

/** The answer that carries a value. */
export function found<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** The answer that carries a code. */
export function refused(code: TlogCode): {
  readonly ok: false;
  readonly refusal: { readonly code: TlogCode };
} {
  return { ok: false, refusal: { code } };
}
