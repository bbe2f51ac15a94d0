/** What one process takes on for one log before it says that it is busy, and how long it holds on. */
export type SequencerLimits = {
  /** entries that wait for their batch; a call that would exceed it is refused */
  readonly queueEntries: number;
  /** their bytes */
  readonly queueBytes: number;
  /** entries of one batch; a call that brings more is a batch by itself */
  readonly batchEntries: number;
  /** their bytes */
  readonly batchBytes: number;
  /** batches that are on their way to the disk at once */
  readonly batchesInFlight: number;
  /** leaf hashes that are remembered, a power of two */
  readonly windowLeaves: number;
  /** bytes of entries that the journal keeps for the window after a takeover */
  readonly journalBytes: number;
  /** batches that it keeps for that: a quiet log has one for each entry, and reading a million takes too long */
  readonly journalBatches: number;
  /** entries that wait to be put into tiles before calls are refused */
  readonly waitingEntries: number;
  /** how long a lease lasts without renewal, by the database's clock */
  readonly leaseMs: number;
  /** how often all leases are renewed */
  readonly renewMs: number;
  /** a holder that could not renew for so long, by its own monotonic clock, stops by itself */
  readonly giveUpMs: number;
  /** how often the journal is shortened */
  readonly trimMs: number;
  /** how long a call waits for its places before it is answered `ledger.unavailable` */
  readonly patienceMs: number;
};

export const LIMITS: SequencerLimits = {
  queueEntries: 16_384,
  queueBytes: 8 * 1024 * 1024,
  batchEntries: 2048,
  batchBytes: 1024 * 1024,
  batchesInFlight: 2,
  windowLeaves: 2 ** 20,
  journalBytes: 512 * 1024 * 1024,
  journalBatches: 65_536,
  waitingEntries: 200_000,
  leaseMs: 1500,
  renewMs: 400,
  giveUpMs: 1000,
  trimMs: 10_000,
  patienceMs: 10_000,
};
