import { sameBytes } from '@praya/tlog/merkle-hash';
import type { Alarm } from './alarm.ts';
import type { CheckedCheckpoint } from './checked-checkpoint.ts';
import { compareHeads, readEdge } from './consistency.ts';
import { FileWrong, type LogFiles } from './log-files.ts';
import type { MonitorState } from './state-file.ts';
import { type FileFault, NO_TREE, type PassingEntry, type TreeEdge, type Walk, walk } from './walk.ts';

/** What a new checkpoint adds. `edge` is null where that was not shown to be good. */
export type Growth = { readonly alarms: readonly Alarm[]; readonly edge: TreeEdge | null };

export type GrowthNeeds = {
  readonly files: LogFiles;
  readonly before: MonitorState | null;
  readonly checkpoint: CheckedCheckpoint;
  /** Read everything from the first entry. */
  readonly full: boolean;
  see(entry: PassingEntry): void;
};

const FAULTS_SHOWN = 20;

/**
 * Whether the checkpoint adds to what was seen before, and whether the log's files are its tree.
 *
 * Errors  Unreachable
 */
export async function checkGrowth(needs: GrowthNeeds): Promise<Growth> {
  const { before, checkpoint } = needs;
  const backwards = before === null ? null : movedBack(before, checkpoint);
  if (backwards !== null) return { alarms: [backwards], edge: null };
  try {
    if (!needs.full && before === null) return await begin(needs);
    if (!needs.full && before?.size === checkpoint.size) return { alarms: [], edge: before };
    return await readOn(needs);
  } catch (error) {
    if (!(error instanceof FileWrong)) throw error;
    return { alarms: tilesWrong([{ path: error.path, why: error.message }]), edge: null };
  }
}

function movedBack(before: MonitorState, checkpoint: CheckedCheckpoint): Alarm | null {
  const notes = [before.note, checkpoint.note];
  if (checkpoint.size < before.size) {
    const detail = `The log had ${before.size} entries and now shows ${checkpoint.size}.`;
    return { kind: 'rollback', subject: 'log', detail, notes };
  }
  if (checkpoint.size > before.size || sameBytes(checkpoint.root, before.root)) return null;
  const detail = `The log has signed two trees of ${before.size} entries.`;
  return { kind: 'split-view', subject: 'log', detail, notes };
}

/** Of what is behind the first checkpoint it is only seen that the right edge leads to its root. */
async function begin({ files, checkpoint }: GrowthNeeds): Promise<Growth> {
  const edge = await readEdge(files, checkpoint);
  return edge === null ? { alarms: tilesWrong([]), edge } : { alarms: [], edge };
}

async function readOn(needs: GrowthNeeds): Promise<Growth> {
  const { files, before, checkpoint, full, see } = needs;
  const start = full || before === null ? NO_TREE : before;
  const by = before === null ? {} : { by: before };
  const walked = await walk({ files, start, to: checkpoint, ...by, see });
  if (walked.leads && walked.passed)
    return { alarms: walked.faults.length === 0 ? [] : tilesWrong(walked.faults), edge: walked.edge };
  return { alarms: await explain(needs, walked), edge: null };
}

/** The entries do not lead to the root, or not by way of the tree that was seen before: by whose fault? */
async function explain(needs: GrowthNeeds, walked: Walk): Promise<readonly Alarm[]> {
  const { files, before, checkpoint } = needs;
  if (before === null) return tilesWrong(walked.faults);
  const verdict = walked.leads ? 'inconsistent' : await verdictOf(files, { from: before, to: checkpoint });
  if (verdict === 'consistent') return tilesWrong(walked.faults);
  const sizes = `${before.size} entries in the tree of ${checkpoint.size}`;
  const notes = [before.note, checkpoint.note];
  if (verdict === 'inconsistent')
    return [
      { kind: 'inconsistent', subject: 'log', detail: `The log has changed the first ${sizes}.`, notes },
    ];
  const detail = `Its files do not show the first ${sizes}.`;
  return [{ kind: 'inconsistent', subject: 'log', detail, notes }, ...tilesWrong(walked.faults)];
}

async function verdictOf(files: LogFiles, heads: Parameters<typeof compareHeads>[1]) {
  try {
    return await compareHeads(files, heads);
  } catch (error) {
    if (error instanceof FileWrong) return 'tiles-wrong';
    throw error;
  }
}

function tilesWrong(faults: readonly FileFault[]): readonly Alarm[] {
  const byPath = new Map(faults.map((fault) => [fault.path, fault]));
  const shown = [...byPath.values()].slice(0, FAULTS_SHOWN);
  const more = byPath.size - shown.length;
  const rest = more > 0 ? [{ path: 'others', why: `${more} more files are wrong.` }] : [];
  const whole =
    byPath.size === 0 ? [{ path: 'tiles', why: 'They do not lead to the root that is signed.' }] : [];
  return [...shown, ...rest, ...whole].map(({ path, why }) => ({
    kind: 'tile-wrong',
    subject: path,
    detail: why,
  }));
}
