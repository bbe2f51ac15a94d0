/** Where a process may die on the way of an entry to its place; every one has a test that kills it there. */
export const FAULT_POINTS = [
  /** nothing asked yet */
  'before-lease',
  /** the lease is ours, nothing read yet */
  'after-lease',
  /** the window of repeats is filled, nobody told */
  'after-window',
  /** the leases are about to be renewed */
  'before-renewal',
  'after-renewal',
  /** places are given in memory, nothing sent */
  'before-journal',
  /** the statement is on its way, its outcome unknown */
  'sent-journal',
  /** durable; nobody here has been told */
  'after-journal',
  /** durable and handed on to be put into tiles */
  'before-answer',
  'after-answer',
  /** calls are about to be handed to the holder */
  'before-forward',
  /** the holder has them */
  'after-forward',
  /** places are back, not fetched yet */
  'before-collect',
  /** fetched and deleted, callers not answered */
  'after-collect',
  /** the journal is about to be shortened */
  'before-trim',
  'after-trim',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Called at every point; what it answers is waited for. */
export type Faults = (point: FaultPoint) => void | Promise<void>;
