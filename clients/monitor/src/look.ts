import type { VerifierKey } from '@praya/tlog/note';
import type { Policy } from '@praya/tlog/policy';
import type { Alarm, AlarmKind } from './alarm.ts';
import { type CheckedCheckpoint, checkCheckpoint, quorumSentence } from './checked-checkpoint.ts';
import { type Comparison, compareWith } from './compare.ts';
import { checkGrowth } from './growth.ts';
import { type LogFiles, Unreachable } from './log-files.ts';
import { aheadOf, stalls } from './stall.ts';
import type { MonitorState } from './state-file.ts';
import type { TreeEdge } from './walk.ts';
import { createWatch, type Sighting, type Watched } from './watch-list.ts';

/** What a monitor looks at, and by what it judges. */
export type Monitored = {
  readonly files: LogFiles;
  readonly key: VerifierKey;
  readonly policy: Policy;
  readonly watched: readonly Watched[];
  /** Addresses and files with what others were shown of this log. */
  readonly sources: readonly string[];
  /** Read everything from the first entry. */
  readonly full: boolean;
  readonly stallMs: number | null;
  readonly now: () => Date;
  readonly ask: typeof fetch;
};

/**
 * What one look found.
 *
 * Shape   `state` is what to remember: the new checkpoint only where nothing speaks against it
 */
export type Look = {
  readonly at: Date;
  readonly checkpoint: CheckedCheckpoint | null;
  readonly alarms: readonly Alarm[];
  /** Those that were not known before. */
  readonly sightings: readonly Sighting[];
  readonly state: MonitorState | null;
};

/** While one of these is open, the monitor holds on to the last checkpoint that was good. */
const AGAINST_IT: ReadonlySet<AlarmKind> = new Set([
  'split-view',
  'rollback',
  'inconsistent',
  'tile-wrong',
  'missing-cosignature',
]);

/** Looks at a log once. Whatever is wrong with the log is an alarm, not an error. */
export async function look(about: Monitored, before: MonitorState | null): Promise<Look> {
  const at = about.now();
  const unseen = (alarm: Alarm, checkpoint: CheckedCheckpoint | null): Look => {
    const alarms = [alarm, ...deniedIn(about, before?.sightings ?? [])];
    return { at, checkpoint, alarms, sightings: [], state: before };
  };
  const first = await firstSight(about);
  if ('kind' in first) return unseen(first, null);
  try {
    return await lookAt(about, { at, before, checkpoint: first });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return unseen({ kind: 'unreachable', subject: about.files.url, detail: error.message }, first);
  }
}

async function firstSight({ files, key, policy }: Monitored): Promise<CheckedCheckpoint | Alarm> {
  try {
    const checked = checkCheckpoint(await files.checkpoint(), { key, policy });
    if (checked.ok) return checked.value;
    const detail = `It is no checkpoint that ${key.name} has signed: ${checked.code}`;
    return { kind: 'checkpoint-wrong', subject: 'checkpoint', detail };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { kind: 'unreachable', subject: files.url, detail: error.message };
  }
}

type Sight = {
  readonly at: Date;
  readonly before: MonitorState | null;
  readonly checkpoint: CheckedCheckpoint;
};

async function lookAt(about: Monitored, sight: Sight): Promise<Look> {
  const { at, before, checkpoint } = sight;
  const { files, full, stallMs } = about;
  const seen: Sighting[] = [];
  const watch = createWatch(about.watched);
  const growth = await checkGrowth({
    files,
    before,
    checkpoint,
    full,
    see: (entry) => seen.push(...watch(entry)),
  });
  const comparisons = await compareAll(about, checkpoint);
  const found = [
    ...growth.alarms,
    ...missingIn(checkpoint, about.policy),
    ...comparisons.flatMap(({ alarms }) => alarms),
  ];
  const sightings = seen.filter((one) => !before?.sightings.some((known) => isSame(one, known)));
  const edge = found.some(({ kind }) => AGAINST_IT.has(kind)) ? null : growth.edge;
  const state = remember(sight, { edge, sightings, ahead: aheadOf(sight, comparisons) });
  const denied = deniedIn(about, [...(before?.sightings ?? []), ...sightings]);
  const alarms = [...found, ...stalls({ at, checkpoint, state, stallMs }), ...denied];
  return { at, checkpoint, alarms, sightings, state };
}

async function compareAll(about: Monitored, ours: CheckedCheckpoint): Promise<readonly Comparison[]> {
  const { files, key, policy, ask } = about;
  const comparisons: Comparison[] = [];
  for (const source of about.sources)
    comparisons.push(await compareWith(source, { files, ours, trust: { key, policy }, ask }));
  return comparisons;
}

function missingIn(checkpoint: CheckedCheckpoint, policy: Policy): readonly Alarm[] {
  if (checkpoint.quorumMet) return [];
  return [{ kind: 'missing-cosignature', subject: 'quorum', detail: quorumSentence(checkpoint, policy) }];
}

function remember(
  { at, before, checkpoint }: Sight,
  news: {
    readonly edge: TreeEdge | null;
    readonly sightings: readonly Sighting[];
    readonly ahead: MonitorState['ahead'];
  },
): MonitorState | null {
  const { edge, ahead } = news;
  const sightings = [...(before?.sightings ?? []), ...news.sightings];
  if (edge === null) return before === null ? null : { ...before, sightings, ahead };
  const { origin, size, root, note } = checkpoint;
  const grewAt = before?.size === size ? before.grewAt : at.toISOString();
  return { origin, size, root, note, edge: edge.edge, grewAt, sightings, ahead };
}

/** What is on the deny list stays an alarm for as long as it is on it. */
function deniedIn({ watched }: Monitored, sightings: readonly Sighting[]): readonly Alarm[] {
  return sightings
    .filter((one) => watched.some(({ denied, name }) => denied && name === one.name))
    .map(({ index, name, hash }) => ({ kind: 'denied', subject: `${index}`, detail: `${name}: ${hash}` }));
}

function isSame(one: Sighting, other: Sighting): boolean {
  return one.index === other.index && one.hash === other.hash && one.name === other.name;
}
