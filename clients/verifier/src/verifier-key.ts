import { decodeBase64 } from './base64.ts';
import { type Bytes, concat, utf8 } from './bytes.ts';
import { sha256 } from './digest.ts';

/** What a key of a note may sign: notes themselves, or cosignatures of one of two algorithms. */
export type NoteKeyKind = 'note' | 'cosignature-ed25519' | 'cosignature-ml-dsa-44';

/** A key by which signature lines of notes are checked. */
export type NoteKey = {
  readonly name: string;
  readonly kind: NoteKeyKind;
  readonly id: Bytes;
  readonly publicKey: Bytes;
};

const KINDS: Readonly<Record<number, { readonly kind: NoteKeyKind; readonly length: number }>> = {
  1: { kind: 'note', length: 32 },
  4: { kind: 'cosignature-ed25519', length: 32 },
  6: { kind: 'cosignature-ml-dsa-44', length: 1312 },
};

/**
 * Reads a verifier key; null unless it is one of a kind that we know and its id is the hash of its name and key.
 *
 * Shape   `<name>+<key id, 8 hexadecimal digits>+<base64(signature type ‖ public key)>`
 * Source  C2SP signed-note, “Verifier keys”; C2SP tlog-cosignature, “Format”
 */
export async function readNoteKey(vkey: string): Promise<NoteKey | null> {
  const [, name, id, encoded] = /^([^\s+]{1,300})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,1800})$/.exec(vkey) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return null;
  const bytes = decodeBase64(encoded);
  const known = bytes === null ? undefined : KINDS[bytes[0] ?? 0];
  if (bytes === null || known === undefined || bytes.length !== known.length + 1) return null;
  const hash = await sha256(concat(utf8(`${name}\n`), bytes));
  const computed = hash.slice(0, 4);
  const hex = Array.from(computed, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === id ? { name, kind: known.kind, id: computed, publicKey: bytes.slice(1) } : null;
}

/** Whether a signature line is by this key, as far as its name and key id say. */
export function isLineOf(key: NoteKey, line: { readonly name: string; readonly bytes: Bytes }): boolean {
  return line.name === key.name && key.id.every((byte, at) => line.bytes[at] === byte);
}
