/**
 * What can be wrong, the worst first, and the exit code that says so.
 *
 * Shape   1 and 2 are left to a monitor that failed itself and to one that was called wrongly
 */
export const ALARMS = {
  'split-view': 10,
  rollback: 11,
  inconsistent: 12,
  'tile-wrong': 13,
  'checkpoint-wrong': 14,
  denied: 15,
  'missing-cosignature': 16,
  stall: 17,
  unreachable: 18,
} as const;
export type AlarmKind = keyof typeof ALARMS;

/**
 * Something that is wrong.
 *
 * Shape   `subject` is the file, the source or the entry that it is about: the same alarm has the same kind and
 *         subject; `notes` are signed notes that prove it
 */
export type Alarm = {
  readonly kind: AlarmKind;
  readonly subject: string;
  readonly detail: string;
  readonly notes?: readonly string[];
};

/** The exit code of a look: that of the worst alarm, 0 without one. */
export function exitCodeOf(alarms: readonly Pick<Alarm, 'kind'>[]): number {
  const kinds = Object.entries(ALARMS).filter(([kind]) => alarms.some((alarm) => alarm.kind === kind));
  return kinds[0]?.[1] ?? 0;
}
