import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Hasher } from './merkle-hash.ts';
import { found, refused, type TlogResult } from './result.ts';

/** The largest note that is read. Units: UTF-16 characters. */
export const NOTE_MAX_LENGTH = 100_000;
/** The most signatures that a note may carry; the specification asks for 16 at least. */
export const NOTE_MAX_SIGNATURES = 32;

/** The signature type byte of Ed25519. Source: C2SP signed-note, “Signature types”. */
const ED25519 = 0x01;
const ED25519_KEY_BYTES = 32;

/** One signature line. `keyId` is the big-endian uint32 that stands before the signature. */
export type NoteSignature = {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
};

/** A text and its signatures, none of them checked. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** An Ed25519 key by which notes are checked. */
export type VerifierKey = { readonly name: string; readonly keyId: number; readonly publicKey: Uint8Array };

/** Ed25519, passed in by the caller (RFC 8032). */
export type Ed25519Verify = (about: {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}) => boolean;

/**
 * Reads a signed note without checking a signature.
 *
 * Errors  tlog.note-too-large, tlog.note-malformed
 * Source  C2SP signed-note, “Format”
 */
export function parseNote(note: string): TlogResult<Note> {
  if (note.length > NOTE_MAX_LENGTH) return refused('tlog.note-too-large');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || !isNoteText(note)) return refused('tlog.note-malformed');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > NOTE_MAX_SIGNATURES) return refused('tlog.note-too-large');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return refused('tlog.note-malformed');
    signatures.push(signature);
  }
  return found({ text: note.slice(0, split + 1), signatures });
}

/**
 * The note as it travels.
 *
 * Errors  throws on a text that no note can carry
 * Source  C2SP signed-note, “Format”
 */
export function formatNote(note: Note): string {
  const text = `${note.text}\n${note.signatures.map(formatSignatureLine).join('')}`;
  if (!parseNote(text).ok) throw new RangeError('This text cannot be a signed note');
  return text;
}

/**
 * The id of an Ed25519 key under a name.
 *
 * Shape   the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), as a big-endian uint32
 * Source  C2SP signed-note, “Ed25519 signatures”
 */
export function noteKeyId(hasher: Hasher, name: string, publicKey: Uint8Array): number {
  return typedKeyId(hasher, { name, type: ED25519, publicKey });
}

/**
 * The id of a key of any signature type.
 *
 * Shape   the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a big-endian uint32
 * Source  C2SP signed-note, “Signatures”
 */
export function typedKeyId(
  hasher: Hasher,
  key: { readonly name: string; readonly type: number; readonly publicKey: Uint8Array },
): number {
  const prefix = new TextEncoder().encode(`${key.name}\n`);
  const bytes = new Uint8Array(prefix.length + 1 + key.publicKey.length);
  bytes.set(prefix);
  bytes[prefix.length] = key.type;
  bytes.set(key.publicKey, prefix.length + 1);
  const digest = hasher(bytes);
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0);
}

/**
 * The key by which others check a log's notes.
 *
 * Errors  throws on a name or key that cannot sign a note
 */
export function verifierKeyOf(hasher: Hasher, name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name) || publicKey.length !== ED25519_KEY_BYTES)
    throw new RangeError(`Not a note key: ${name}`);
  return { name, keyId: noteKeyId(hasher, name, publicKey), publicKey };
}

/**
 * The text form of a verifier key.
 *
 * Shape   `<name>+<key id, 8 hexadecimal digits>+<base64(0x01 ‖ public key)>`
 * Source  golang.org/x/mod/sumdb/note, as used by C2SP
 */
export function formatVerifierKey(key: VerifierKey): string {
  const bytes = new Uint8Array([ED25519, ...key.publicKey]);
  return `${key.name}+${key.keyId.toString(16).padStart(8, '0')}+${encodeBase64(bytes)}`;
}

/**
 * Reads a verifier key and checks that its id is the hash of its name and key.
 *
 * Errors  tlog.key-malformed, tlog.key-id-mismatch
 */
export function parseVerifierKey(hasher: Hasher, text: string): TlogResult<VerifierKey> {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,100})$/.exec(text);
  const [, name, id, encoded] = parts ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return refused('tlog.key-malformed');
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes?.length !== 1 + ED25519_KEY_BYTES || bytes[0] !== ED25519) {
    return refused('tlog.key-malformed');
  }
  const key = verifierKeyOf(hasher, name, bytes.subarray(1));
  return key.keyId === Number.parseInt(id, 16) ? found(key) : refused('tlog.key-id-mismatch');
}

/**
 * Signs a text as a note with one signature.
 *
 * Shape   `text` ends in a newline; `sign` is Ed25519 over the bytes of the text
 */
export function signNote(
  text: string,
  signer: {
    readonly name: string;
    readonly keyId: number;
    readonly sign: (message: Uint8Array) => Uint8Array;
  },
): string {
  const signature = signer.sign(new TextEncoder().encode(text));
  return formatNote({ text, signatures: [{ name: signer.name, keyId: signer.keyId, signature }] });
}

/**
 * Checks a note by the keys that the caller trusts; lines of unknown keys are passed over.
 *
 * Errors  those of parseNote; tlog.signature-wrong: a known key's line does not verify; tlog.signature-missing: no known key signed
 * Source  C2SP signed-note, “Signatures”
 */
export function verifyNote(
  note: string,
  keys: readonly VerifierKey[],
  verify: Ed25519Verify,
): TlogResult<{ readonly text: string; readonly signedBy: readonly VerifierKey[] }> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const message = new TextEncoder().encode(parsed.value.text);
  const signedBy: VerifierKey[] = [];
  for (const { name, keyId, signature } of parsed.value.signatures) {
    const key = keys.find((candidate) => candidate.name === name && candidate.keyId === keyId);
    if (key === undefined) continue;
    if (!verify({ publicKey: key.publicKey, message, signature })) return refused('tlog.signature-wrong');
    signedBy.push(key);
  }
  return signedBy.length > 0
    ? found({ text: parsed.value.text, signedBy })
    : refused('tlog.signature-missing');
}

/** One signature line, with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const bytes = new Uint8Array(4 + signature.length);
  new DataView(bytes.buffer).setUint32(0, keyId);
  bytes.set(signature, 4);
  return `— ${name} ${encodeBase64(bytes)}\n`;
}

/** One signature line without its newline; null when it is none. */
export function parseSignatureLine(line: string): NoteSignature | null {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== '—' || name === undefined || encoded === undefined || rest.length > 0) return null;
  const bytes = decodeBase64(encoded);
  if (!isKeyName(name) || bytes === null || bytes.length < 5) return null;
  return { name, keyId: new DataView(bytes.buffer).getUint32(0), signature: bytes.slice(4) };
}

/** Whether a key may have this name: not empty, no Unicode space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return /^[^\s\u0085+]+$/u.test(name) && name.isWellFormed() && !hasControls(name);
}

/** Valid UTF-8 without control characters below U+0020 other than newline, and not an empty text. */
function isNoteText(note: string): boolean {
  return note.isWellFormed() && !hasControls(note.replaceAll('\n', ''));
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 0x20) return true;
  return false;
}
