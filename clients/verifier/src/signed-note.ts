import { decodeBase64 } from './base64.ts';
import { encodeBase64url } from './base64url.ts';
import { type Bytes, utf8 } from './bytes.ts';
import { type Checked, proven, unproven } from './checked.ts';
import { signatureHolds } from './jwk.ts';
import { isLineOf, readNoteKey } from './verifier-key.ts';

/** The longest note that is read. Units: characters. */
export const NOTE_MAX_LENGTH = 100_000;
const NOTE_MAX_SIGNATURES = 32;

/** The head of a log at one size. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Bytes };

/** A note taken apart, no signature checked. */
export type Note = {
  readonly text: string;
  /** `bytes` are the key's id and the signature */
  readonly signatures: readonly { readonly name: string; readonly bytes: Bytes }[];
};

/**
 * Takes a signed note apart.
 *
 * Errors  note.too-large, note.malformed
 * Source  C2SP signed-note, “Format”
 */
export function readNote(note: unknown): Checked<Note> {
  if (typeof note !== 'string') return unproven('note.malformed');
  if (note.length > NOTE_MAX_LENGTH) return unproven('note.too-large');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || !note.isWellFormed() || hasControls(note)) {
    return unproven('note.malformed');
  }
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > NOTE_MAX_SIGNATURES) return unproven('note.too-large');
  const signatures = lines.map(readSignatureLine).filter((line) => line !== null);
  if (signatures.length !== lines.length) return unproven('note.malformed');
  return proven({ text: note.slice(0, split + 1), signatures });
}

/**
 * Checks a note by one verifier key and answers its text. Lines of other keys are passed over.
 *
 * Shape   the key is `<name>+<key id, 8 hexadecimal digits>+<base64(0x01 ‖ Ed25519 public key)>`
 * Errors  note.key-malformed, those of readNote, note.signature-missing, note.signature-wrong
 * Source  C2SP signed-note, “Signatures”
 */
export async function verifyNote(note: unknown, vkey: string): Promise<Checked<string>> {
  const key = await readNoteKey(vkey);
  if (key?.kind !== 'note') return unproven('note.key-malformed');
  const read = readNote(note);
  if (!read.ok) return read;
  const { text, signatures } = read.value;
  const ours = signatures.filter((line) => isLineOf(key, line));
  if (ours.length === 0) return unproven('note.signature-missing');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(key.publicKey) } as const;
  for (const { bytes } of ours) {
    const holds = await signatureHolds(jwk, { message: utf8(text), signature: bytes.slice(4) });
    if (!holds) return unproven('note.signature-wrong');
  }
  return proven(text);
}

/**
 * Reads the text of a checkpoint, strictly.
 *
 * Errors  note.checkpoint-malformed
 * Source  C2SP tlog-checkpoint, “Note text”
 */
export function readCheckpoint(text: string): Checked<Checkpoint> {
  const lines = text.slice(0, -1).split('\n');
  const [origin, sizeLine, rootLine] = lines;
  if (!text.endsWith('\n') || lines.includes('')) return unproven('note.checkpoint-malformed');
  if (origin === undefined || sizeLine === undefined || rootLine === undefined) {
    return unproven('note.checkpoint-malformed');
  }
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeLine) ? Number(sizeLine) : Number.NaN;
  const root = decodeBase64(rootLine);
  if (!Number.isSafeInteger(size) || root?.length !== 32) return unproven('note.checkpoint-malformed');
  return proven({ origin, size, root });
}

function readSignatureLine(line: string): { name: string; bytes: Bytes } | null {
  const [dash, name, encoded, ...more] = line.split(' ');
  if (dash !== '—' || !name || encoded === undefined || more.length > 0) return null;
  if (/[\s\u0085+]/u.test(name)) return null;
  const bytes = decodeBase64(encoded);
  return bytes !== null && bytes.length > 4 ? { name, bytes } : null;
}

function hasControls(note: string): boolean {
  for (let at = 0; at < note.length; at += 1) {
    const code = note.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}
