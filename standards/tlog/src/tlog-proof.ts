import { decodeBase64, encodeBase64 } from './base64.ts';
import { NOTE_MAX_LENGTH, parseNote } from './note.ts';
import { found, refused, type TlogResult } from './result.ts';
import { parseHashLines, parseSize } from './witness-request.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** The longest proof that is read. Units: UTF-16 characters. */
export const TLOG_PROOF_MAX_LENGTH = NOTE_MAX_LENGTH + 200_000;

/**
 * An entry's place, the way from it to the root, and the signed checkpoint of that root: all that a check without a network needs.
 *
 * Shape   `proof` from the leaf's sibling upwards; `extra` is not signed by anybody
 */
export type TlogProof = {
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly extra?: Uint8Array;
};

/**
 * A proof as a text that anybody can keep.
 *
 * Shape   header, `extra <base64>` where there is any, `index <n>`, a line of base64 for each hash, an empty line, the checkpoint
 * Errors  throws on a proof that its own reader would refuse
 * Source  C2SP tlog-proof, “Format”
 */
export function formatTlogProof(about: TlogProof): string {
  const extra = about.extra === undefined ? [] : [`extra ${encodeBase64(about.extra)}`];
  const head = [HEADER, ...extra, `index ${about.index}`, ...about.proof.map(encodeBase64)];
  const text = `${head.join('\n')}\n\n${about.checkpoint}`;
  if (!parseTlogProof(text).ok) throw new RangeError('This is no proof');
  return text;
}

/**
 * Reads a proof, strictly. Nothing is checked against anything yet: see `openCheckpoint`, `verifyCosignatures`, `verifyInclusion`.
 *
 * Errors  tlog.proof-malformed; the checkpoint is no signed note: those of parseNote
 * Source  C2SP tlog-proof, “Format”
 */
export function parseTlogProof(text: string): TlogResult<TlogProof> {
  const split = text.length > TLOG_PROOF_MAX_LENGTH ? -1 : text.indexOf('\n\n');
  if (split < 0) return refused('tlog.proof-malformed');
  const [header, ...lines] = text.slice(0, split).split('\n');
  const extraLine = lines[0]?.startsWith('extra ') ? lines.shift() : undefined;
  const extra = extraLine === undefined ? undefined : decodeBase64(extraLine.slice('extra '.length));
  const indexLine = lines.shift();
  const index = indexLine?.startsWith('index ') ? parseSize(indexLine.slice('index '.length)) : null;
  const proof = parseHashLines(lines);
  // no extra data is no line, not an empty one
  const extraHolds = extra === undefined || (extra !== null && extra.length > 0);
  if (header !== HEADER || !extraHolds || index === null || proof === null) {
    return refused('tlog.proof-malformed');
  }
  const checkpoint = text.slice(split + 2);
  const note = parseNote(checkpoint);
  if (!note.ok) return note;
  return found({ index, proof, checkpoint, ...(extra === undefined ? {} : { extra }) });
}
