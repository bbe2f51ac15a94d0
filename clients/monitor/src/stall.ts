import type { Alarm } from './alarm.ts';
import { type CheckedCheckpoint, newestCosignature } from './checked-checkpoint.ts';
import type { Comparison } from './compare.ts';
import type { MonitorState } from './state-file.ts';

/** The sources that have seen a larger tree than the log shows us, and since when. */
export function aheadOf(
  sight: { readonly at: Date; readonly before: MonitorState | null; readonly checkpoint: CheckedCheckpoint },
  comparisons: readonly Comparison[],
): MonitorState['ahead'] {
  const { at, before, checkpoint } = sight;
  const entries = comparisons.flatMap(({ source, size }) =>
    size !== null && size > checkpoint.size
      ? [[source, { size, since: before?.ahead[source]?.since ?? at.toISOString() }] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

/** What has stood still for too long: the log's growth, its cosignatures, or our view of it alone. */
export function stalls(about: {
  readonly at: Date;
  readonly checkpoint: CheckedCheckpoint;
  readonly state: MonitorState | null;
  readonly stallMs: number | null;
}): readonly Alarm[] {
  const { at, checkpoint, state, stallMs } = about;
  if (stallMs === null) return [];
  const alarms: Alarm[] = [];
  const isOld = (since: number) => at.getTime() - since > stallMs;
  const stall = (subject: string, detail: string) => alarms.push({ kind: 'stall', subject, detail });
  if (state !== null && isOld(Date.parse(state.grewAt)))
    stall('growth', `No entry since ${state.grewAt}; the log has ${checkpoint.size}.`);
  const newest = newestCosignature(checkpoint);
  if (newest !== null && isOld(newest * 1000))
    stall('cosignature', `The newest cosignature is of ${new Date(newest * 1000).toISOString()}.`);
  for (const [source, { size, since }] of Object.entries(state?.ahead ?? {}))
    if (isOld(Date.parse(since)))
      stall(source, `It has seen ${size} entries since ${since}; the log shows us ${checkpoint.size}.`);
  return alarms;
}
