import type { NoteSignature } from '@praya/tlog/note';
import {
  type AddCheckpoint,
  formatAddCheckpoint,
  parseCosignatures,
  parseTreeSize,
} from '@praya/tlog/witness-request';

/** What can be amiss with a witness, as the explorer names it. */
export const WITNESS_TROUBLES = [
  'witness.unreachable',
  'witness.late',
  'witness.busy',
  'witness.failing',
  'witness.refused',
  'witness.log-unknown',
  'witness.log-key-refused',
  'witness.proof-refused',
  'witness.conflict',
  'witness.ahead',
  'witness.other-root',
  'witness.answer-malformed',
  'witness.answer-too-large',
  'witness.cosignature-missing',
  'witness.cosignature-wrong',
  'witness.cosignature-old',
] as const;
export type WitnessTrouble = (typeof WITNESS_TROUBLES)[number];

/** What a witness answers to one request; nothing of it is checked yet. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: readonly NoteSignature[] }
  /** it does not stand where we said; null where it does not say where, which is all that a fork need be answered */
  | { readonly kind: 'conflict'; readonly size: number | null }
  | { readonly kind: 'trouble'; readonly code: WitnessTrouble };

/** The longest answer that is read: a note full of post-quantum signatures. Units: bytes. */
const ANSWER_MAX_BYTES = 128 * 1024;

const TROUBLE_BY_STATUS = new Map<number, WitnessTrouble>([
  [403, 'witness.log-key-refused'],
  [404, 'witness.log-unknown'],
  [422, 'witness.proof-refused'],
  [429, 'witness.busy'],
]);

/**
 * Asks a witness once, by C2SP tlog-witness. Whatever it does, the answer comes when `signal` ends at the latest
 * and takes no more memory than a full note.
 */
export async function askWitness(
  about: { readonly address: string; readonly request: AddCheckpoint; readonly signal: AbortSignal },
  ask: typeof fetch,
): Promise<WitnessAnswer> {
  const { address, request, signal } = about;
  const body = formatAddCheckpoint(request);
  try {
    return await readAnswer(await ask(address, { method: 'POST', body, redirect: 'manual', signal }));
  } catch {
    return { kind: 'trouble', code: signal.aborted ? 'witness.late' : 'witness.unreachable' };
  }
}

async function readAnswer(response: Response): Promise<WitnessAnswer> {
  const { status } = response;
  if (status !== 200 && status !== 409) {
    await response.body?.cancel();
    const otherwise = status >= 500 ? 'witness.failing' : 'witness.refused';
    return { kind: 'trouble', code: TROUBLE_BY_STATUS.get(status) ?? otherwise };
  }
  const bytes = await readAtMost(response, ANSWER_MAX_BYTES);
  if (bytes === null) return { kind: 'trouble', code: 'witness.answer-too-large' };
  const text = bytes.toString('utf8');
  if (status === 409) {
    const size = parseTreeSize(text);
    return { kind: 'conflict', size: size.ok ? size.value : null };
  }
  const lines = parseCosignatures(text);
  return lines.ok
    ? { kind: 'cosigned', lines: lines.value }
    : { kind: 'trouble', code: 'witness.answer-malformed' };
}

/** Null, and the connection is let go, when there is more. */
async function readAtMost(response: Response, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
