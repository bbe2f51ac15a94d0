import { readFile } from 'node:fs/promises';
import { NOTE_MAX_LENGTH, type VerifierKey } from '@praya/tlog/note';
import type { Policy } from '@praya/tlog/policy';
import { parseTlogProof, TLOG_PROOF_MAX_LENGTH } from '@praya/tlog/tlog-proof';
import type { Alarm } from './alarm.ts';
import { type CheckedCheckpoint, checkCheckpoint } from './checked-checkpoint.ts';
import { compareHeads } from './consistency.ts';
import { FileWrong, type LogFiles, readUrl, Unreachable } from './log-files.ts';

/** What another source showed. `size` is larger than ours where it has seen more. */
export type Comparison = {
  readonly source: string;
  readonly size: number | null;
  readonly alarms: readonly Alarm[];
};

type About = {
  readonly files: LogFiles;
  readonly ours: CheckedCheckpoint;
  readonly trust: { readonly key: VerifierKey; readonly policy: Policy };
  readonly ask: typeof fetch;
};

const PATIENCE_MS = 20_000;

/**
 * Compares the log's checkpoint with what another source has: an address or a file with a signed note or a
 * tlog-proof. Two trees that the log has signed, of which neither has the other in it, are a split view.
 *
 * Errors  Unreachable, of the log itself
 */
export async function compareWith(source: string, about: About): Promise<Comparison> {
  const alarm = (kind: Alarm['kind'], detail: string): Comparison => ({
    source,
    size: null,
    alarms: [{ kind, subject: source, detail }],
  });
  const text = await readSource(source, about.ask);
  if (text instanceof Unreachable) return alarm('unreachable', text.message);
  const theirs = checkCheckpoint(noteIn(text), about.trust);
  if (!theirs.ok)
    return alarm('checkpoint-wrong', `What it shows is no checkpoint of this log: ${theirs.code}`);
  return { source, size: theirs.value.size, alarms: await compareTrees(source, theirs.value, about) };
}

async function compareTrees(
  source: string,
  theirs: CheckedCheckpoint,
  { files, ours }: About,
): Promise<readonly Alarm[]> {
  const isAhead = theirs.size > ours.size;
  const heads = isAhead ? { from: ours, to: theirs } : { from: theirs, to: ours };
  try {
    const verdict = await compareHeads(files, heads);
    if (verdict === 'consistent') return [];
    if (verdict === 'inconsistent') return [splitView(source, theirs, ours)];
    // Of a tree that the log has not shown us yet it need not have the tiles.
    return isAhead
      ? []
      : [{ kind: 'tile-wrong', subject: 'tiles', detail: 'They are not those of the checkpoint.' }];
  } catch (error) {
    if (!(error instanceof FileWrong)) throw error;
    return isAhead ? [] : [{ kind: 'tile-wrong', subject: error.path, detail: error.message }];
  }
}

function splitView(source: string, theirs: CheckedCheckpoint, ours: CheckedCheckpoint): Alarm {
  return {
    kind: 'split-view',
    subject: source,
    detail: `The log shows us a tree of ${ours.size} and has signed another one of ${theirs.size}.`,
    notes: [ours.note, theirs.note],
  };
}

async function readSource(source: string, ask: typeof fetch): Promise<string | Unreachable> {
  try {
    if (!/^https?:\/\//.test(source)) return (await readFile(source)).toString('utf8');
    const maxBytes = Math.max(NOTE_MAX_LENGTH, TLOG_PROOF_MAX_LENGTH) * 3;
    const bytes = await readUrl(source, { ask, maxBytes, patienceMs: PATIENCE_MS });
    return bytes === null ? new Unreachable(`${source} answers 404`) : Buffer.from(bytes).toString('utf8');
  } catch (error) {
    if (error instanceof Unreachable) return error;
    return new Unreachable(error instanceof Error ? error.message : String(error));
  }
}

function noteIn(text: string): string {
  const proof = parseTlogProof(text);
  return proof.ok ? proof.value.checkpoint : text;
}
