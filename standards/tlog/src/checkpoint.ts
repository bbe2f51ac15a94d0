import { decodeBase64, encodeBase64 } from './base64.ts';
import { HASH_BYTES } from './merkle-hash.ts';
import { type Ed25519Verify, type VerifierKey, verifyNote } from './note.ts';
import { found, refused, type TlogResult } from './result.ts';

/**
 * The head of a log at one size.
 *
 * Shape   `extensions` are opaque non-empty lines, normally none
 */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
};

/**
 * The text that the log signs.
 *
 * Shape   origin, size in decimal, root in base64, then the extensions, a newline after each
 * Errors  throws on a checkpoint that its own reader would refuse
 * Source  C2SP tlog-checkpoint, “Note text”
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  const text = [origin, String(size), encodeBase64(root), ...extensions].map((line) => `${line}\n`).join('');
  const read = parseCheckpoint(text);
  if (!read.ok || read.value.origin !== origin || read.value.extensions.length !== extensions.length) {
    throw new RangeError('This is not a checkpoint');
  }
  return text;
}

/**
 * Reads the text of a checkpoint, strictly.
 *
 * Errors  tlog.checkpoint-malformed: fewer than three lines, an empty line, a size with leading zeros or past 2^53 − 1, a root that is not 32 bytes of canonical base64
 * Source  C2SP tlog-checkpoint, “Note text”
 */
export function parseCheckpoint(text: string): TlogResult<Checkpoint> {
  if (!text.endsWith('\n')) return refused('tlog.checkpoint-malformed');
  const lines = text.slice(0, -1).split('\n');
  const [origin, sizeText, rootText, ...extensions] = lines;
  if (origin === undefined || sizeText === undefined || rootText === undefined || lines.includes('')) {
    return refused('tlog.checkpoint-malformed');
  }
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  const root = decodeBase64(rootText);
  if (!Number.isSafeInteger(size) || root?.length !== HASH_BYTES) return refused('tlog.checkpoint-malformed');
  return found({ origin, size, root, extensions });
}

/**
 * Checks a signed checkpoint and reads it: signed by one of the keys, for this origin.
 *
 * Errors  those of verifyNote and parseCheckpoint; tlog.origin-mismatch
 */
export function openCheckpoint(
  note: string,
  by: { readonly origin: string; readonly keys: readonly VerifierKey[]; readonly verify: Ed25519Verify },
): TlogResult<Checkpoint> {
  const verified = verifyNote(note, by.keys, by.verify);
  if (!verified.ok) return verified;
  const checkpoint = parseCheckpoint(verified.value.text);
  if (!checkpoint.ok) return checkpoint;
  return checkpoint.value.origin === by.origin ? checkpoint : refused('tlog.origin-mismatch');
}
