import { verify as verifySignature } from 'node:crypto';
import type { Clock } from '@praya/kernel/clock';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '@praya/tlog/checkpoint';
import { verifyConsistency } from '@praya/tlog/consistency-proof';
import { cosign } from '@praya/tlog/cosignature';
import { emptyRoot, sameBytes } from '@praya/tlog/merkle-hash';
import {
  type Ed25519Verify,
  formatNote,
  type NoteSignature,
  parseNote,
  parseVerifierKey,
} from '@praya/tlog/note';
import {
  formatCosignatures,
  formatTreeSize,
  parseAddCheckpoint,
  TREE_SIZE_CONTENT_TYPE,
} from '@praya/tlog/witness-request';
import { sha256, type WitnessKey } from './keys.ts';
import { ed25519KeyOf } from './public-key.ts';
import type { LogRecord } from './state/log-record.ts';
import type { WitnessState } from './state/state.ts';

/** An answer of the witness protocol. `why` is for the log and the figures. */
export type Answer = {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly body: string;
  readonly contentType: string;
  readonly why: Why;
  /** Only where the log is known and signed: what it claims. */
  readonly claim?: { readonly origin: string; readonly size: number; readonly note: string };
};

export const WHYS = [
  'cosigned',
  'malformed',
  'unknown-log',
  'not-signed',
  'old-above-size',
  'old-not-ours',
  'fork',
  'proof-wrong',
  'empty-tree-wrong',
] as const;
export type Why = (typeof WHYS)[number];

/** Where a test may end the process. */
export type FaultPoint = 'before-persist' | 'after-persist';

export type Witness = {
  readonly state: WitnessState;
  readonly keys: readonly WitnessKey[];
  readonly now: Clock;
  readonly faults?: (point: FaultPoint) => void;
};

const PLAIN = 'text/plain; charset=utf-8';

/**
 * Decides on one `add-checkpoint`. The size that it answers 200 to is on the disk by then.
 *
 * Errors  throws StateUnavailable, StateDamaged: nothing was cosigned
 * Source  C2SP tlog-witness, “add-checkpoint”, in the order of its checks
 */
export function addCheckpoint(witness: Witness, body: Uint8Array): Answer {
  const asked = readRequest(body);
  if (asked === null) return refusal('malformed', 'The request is malformed.');
  const { origin } = asked.checkpoint;
  const answer = witness.state.change(origin, (record) => {
    const decision = decide(witness, asked, record);
    witness.faults?.('before-persist');
    return decision;
  });
  witness.faults?.('after-persist');
  return answer;
}

type Asked = {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
  readonly text: string;
  readonly checkpoint: Checkpoint;
};
type Decided = { readonly next: LogRecord | null; readonly answer: Answer };

function decide(witness: Witness, asked: Asked, record: LogRecord | undefined): Decided {
  const refused = (answer: Answer) => ({ next: null, answer });
  if (record?.listed !== true) return refused(refusal('unknown-log', 'This log is not known here.'));
  const signature = logSignature(asked, record);
  if (signature === null)
    return refused(refusal('not-signed', 'No signature of the key that is known for this log.'));
  const wrong = objection(asked, record);
  if (wrong !== null) {
    const { origin, size } = asked.checkpoint;
    return refused({ ...wrong, claim: { origin, size, note: asked.note } });
  }
  const timestamp = Math.max(Math.floor(witness.now().getTime() / 1000), record.timestamp);
  const ours = cosignatures(witness.keys, asked.text, timestamp);
  const { size, root } = asked.checkpoint;
  const note = formatNote({ text: asked.text, signatures: [signature, ...ours] });
  return {
    next: { ...record, size, root, timestamp, note },
    answer: { status: 200, body: formatCosignatures(ours), contentType: PLAIN, why: 'cosigned' },
  };
}

/** What speaks against a checkpoint that its log has signed; null where nothing does. */
function objection({ old, proof, checkpoint }: Asked, record: LogRecord): Answer | null {
  const { size, root } = checkpoint;
  if (old > size) return refusal('old-above-size', 'The old size is above the size of the checkpoint.');
  if (old !== record.size) return sizeConflict(record.size);
  if (record.root !== null && size === record.size && !sameBytes(root, record.root))
    return refusal('fork', 'Another root of this size was cosigned before.');
  if (size === 0 && !sameBytes(root, emptyRoot(sha256)))
    return refusal('empty-tree-wrong', 'This is not the root of an empty tree.');
  if (!isExtendedBy(record, { proof, checkpoint }))
    return refusal(
      'proof-wrong',
      'The consistency proof does not lead from the old size to this checkpoint.',
    );
  return null;
}

// Nothing is to be proven of an empty tree: every tree extends it.
function isExtendedBy(
  record: LogRecord,
  { proof, checkpoint }: Pick<Asked, 'proof' | 'checkpoint'>,
): boolean {
  if (record.size === 0 || record.root === null) return proof.length === 0;
  return verifyConsistency(sha256, {
    from: record.size,
    to: checkpoint.size,
    fromRoot: record.root,
    toRoot: checkpoint.root,
    proof,
  }).ok;
}

function readRequest(body: Uint8Array): Asked | null {
  const request = textOf(body);
  const parsed = request === null ? null : parseAddCheckpoint(request);
  if (parsed?.ok !== true) return null;
  const { old, proof, checkpoint: note } = parsed.value;
  const opened = parseNote(note);
  const checkpoint = opened.ok ? parseCheckpoint(opened.value.text) : opened;
  if (!opened.ok || !checkpoint.ok) return null;
  return { old, proof, note, text: opened.value.text, checkpoint: checkpoint.value };
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

/** The log's own signature line, checked; null where its first key did not sign. */
function logSignature(asked: Asked, record: LogRecord): NoteSignature | null {
  const key = parseVerifierKey(sha256, record.vkey);
  if (!key.ok) throw new Error(`The key of ${record.origin} cannot be read`);
  const opened = openCheckpoint(asked.note, { origin: record.origin, keys: [key.value], verify });
  const note = parseNote(asked.note);
  if (!opened.ok || !note.ok) return null;
  const { name, keyId } = key.value;
  return note.value.signatures.find((line) => line.name === name && line.keyId === keyId) ?? null;
}

const verify: Ed25519Verify = ({ publicKey, message, signature }) => {
  const key = ed25519KeyOf(publicKey);
  return key !== null && verifySignature(null, message, key, signature);
};

function cosignatures(
  keys: readonly WitnessKey[],
  text: string,
  timestamp: number,
): readonly NoteSignature[] {
  return keys.map(({ cosigner, sign }) => cosign({ key: cosigner, timestamp, text, sign }));
}

const STATUS = {
  malformed: 400,
  'unknown-log': 404,
  'not-signed': 403,
  'old-above-size': 400,
  fork: 409,
  'proof-wrong': 422,
  'empty-tree-wrong': 422,
} as const;

function sizeConflict(size: number): Answer {
  return {
    status: 409,
    body: formatTreeSize(size),
    contentType: TREE_SIZE_CONTENT_TYPE,
    why: 'old-not-ours',
  };
}

function refusal(why: keyof typeof STATUS, sentence: string): Answer {
  return { status: STATUS[why], body: `${sentence}\n`, contentType: PLAIN, why };
}
