import { decodeBase64, encodeBase64 } from './base64.ts';
import { HASH_BYTES } from './merkle-hash.ts';
import {
  formatSignatureLine,
  NOTE_MAX_LENGTH,
  NOTE_MAX_SIGNATURES,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
} from './note.ts';
import { found, refused, type TlogResult } from './result.ts';
import { isCount } from './tree-range.ts';

/** The most lines that a proof in a request may have. Source: C2SP tlog-witness, “add-checkpoint”. */
export const PROOF_MAX_LINES = 63;

/** The longest request that is read. Units: UTF-16 characters. */
export const REQUEST_MAX_LENGTH = NOTE_MAX_LENGTH + 4096;

/** The content type of the size that a witness answers with 409. */
export const TREE_SIZE_CONTENT_TYPE = 'text/x.tlog.size';

/** What a log asks of a witness: to cosign `checkpoint`, which adds to the tree of `old` leaves that it cosigned last. */
export type AddCheckpoint = {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
};

/**
 * The body of a request to a witness.
 *
 * Shape   `old <size>`, a line of base64 for each hash of the proof, an empty line, the signed checkpoint
 * Errors  throws on a request that its own reader would refuse
 * Source  C2SP tlog-witness, “add-checkpoint”
 */
export function formatAddCheckpoint(request: AddCheckpoint): string {
  const { old, proof, checkpoint } = request;
  const body = `${[`old ${old}`, ...proof.map(encodeBase64)].join('\n')}\n\n${checkpoint}`;
  if (!parseAddCheckpoint(body).ok) throw new RangeError('This is no request to a witness');
  return body;
}

/**
 * Reads the body of a request, strictly. Signatures, sizes and proof are not checked against each other.
 *
 * Errors  tlog.request-malformed: no size or one with leading zeros, more than 63 hashes, a hash that is not 32 bytes of canonical base64, no empty line; what is behind it is no signed note: those of parseNote
 * Source  C2SP tlog-witness, “add-checkpoint”
 */
export function parseAddCheckpoint(body: string): TlogResult<AddCheckpoint> {
  if (body.length > REQUEST_MAX_LENGTH) return refused('tlog.request-malformed');
  const split = body.indexOf('\n\n');
  if (split < 0) return refused('tlog.request-malformed');
  const [oldLine, ...proofLines] = body.slice(0, split).split('\n');
  const old = oldLine?.startsWith('old ') ? parseSize(oldLine.slice('old '.length)) : null;
  const proof = parseHashLines(proofLines);
  if (old === null || proof === null) return refused('tlog.request-malformed');
  const checkpoint = body.slice(split + 2);
  const note = parseNote(checkpoint);
  return note.ok ? found({ old, proof, checkpoint }) : note;
}

/**
 * What a witness answers when it cosigns: its signature lines.
 *
 * Errors  throws on none and on lines that no note can carry
 */
export function formatCosignatures(signatures: readonly NoteSignature[]): string {
  const body = signatures.map(formatSignatureLine).join('');
  if (!parseCosignatures(body).ok) throw new RangeError('A witness answers with signature lines');
  return body;
}

/**
 * Reads what a witness answers, without checking a signature.
 *
 * Errors  tlog.note-malformed: no line, or one that is no signature line; tlog.note-too-large
 */
export function parseCosignatures(body: string): TlogResult<readonly NoteSignature[]> {
  if (body.length > NOTE_MAX_LENGTH) return refused('tlog.note-too-large');
  if (!body.endsWith('\n')) return refused('tlog.note-malformed');
  const lines = body.slice(0, -1).split('\n');
  if (lines.length > NOTE_MAX_SIGNATURES) return refused('tlog.note-too-large');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return refused('tlog.note-malformed');
    signatures.push(signature);
  }
  return found(signatures);
}

/** What a witness answers with 409: the size of the tree that it cosigned last, and a newline. */
export function formatTreeSize(size: number): string {
  if (!isCount(size)) throw new RangeError(`No tree has ${size} leaves`);
  return `${size}\n`;
}

/**
 * Reads the size that a witness answers with 409.
 *
 * Errors  tlog.size-invalid
 */
export function parseTreeSize(body: string): TlogResult<number> {
  const size = body.endsWith('\n') ? parseSize(body.slice(0, -1)) : null;
  return size === null ? refused('tlog.size-invalid') : found(size);
}

/** Decimal without leading zeros, up to 2^53 − 1; null otherwise. */
export function parseSize(text: string): number | null {
  const size = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return isCount(size) ? size : null;
}

/** At most 63 hashes in base64; null otherwise. */
export function parseHashLines(lines: readonly string[]): readonly Uint8Array[] | null {
  if (lines.length > PROOF_MAX_LINES) return null;
  const hashes: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== HASH_BYTES) return null;
    hashes.push(hash);
  }
  return hashes;
}
