import type { RecordState, StatedState } from '../records/contract.ts';

/** What of a statement says how a record stands. */
export type Stated = { readonly state: StatedState; readonly effectiveFrom: Date | null };

const FIVE_YEARS_MS = 5 * 365.25 * 24 * 60 * 60 * 1000;

const REACHABLE: Readonly<Record<StatedState, readonly StatedState[]>> = {
  pending: ['revoked'],
  active: ['suspended', 'revoked'],
  suspended: ['active', 'revoked'],
  revoked: [],
  rejected: [],
};

/** What is stated of an instant: the newest statement that counts by then, whatever earlier ones said about it. */
export function statedAt(history: readonly Stated[], at: Date): StatedState {
  const inForce = history.findLast(({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at);
  return inForce?.state ?? history[0]?.state ?? 'pending';
}

/** How a record stands at an instant. It has expired at the very instant that `validUntil` names. */
export function stateAt(
  record: { readonly validUntil: Date | null; readonly erasedAt: Date | null },
  history: readonly Stated[],
  at: Date,
): RecordState {
  if (record.erasedAt !== null) return 'erased';
  const stated = statedAt(history, at);
  const over = record.validUntil !== null && at >= record.validUntil;
  return stated === 'active' && over ? 'expired' : stated;
}

/**
 * Whether a new statement may follow. It goes on from what is in force when it takes effect; what ended a record for
 * good cannot be taken back once it counts, and a change that has not yet come may be called off.
 */
export function mayFollow(
  history: readonly Stated[],
  next: { readonly to: StatedState; readonly effectiveFrom: Date | null },
  now: Date,
): boolean {
  const today = statedAt(history, now);
  if (REACHABLE[today].length === 0) return false;
  const then = next.effectiveFrom !== null && next.effectiveFrom > now ? next.effectiveFrom : now;
  const before = statedAt(history, then);
  if (REACHABLE[before].includes(next.to)) return true;
  const scheduled = history.at(-1)?.effectiveFrom;
  return before === next.to && scheduled instanceof Date && scheduled > then;
}

/** Whether a statement may take effect then: not before the record began, nor later than anybody plans. */
export function isEffectiveInRange(
  effectiveFrom: Date,
  about: { readonly createdAt: Date; readonly validFrom: Date | null; readonly now: Date },
): boolean {
  const { createdAt, validFrom, now } = about;
  const began = validFrom !== null && validFrom < createdAt ? validFrom : createdAt;
  return effectiveFrom >= began && effectiveFrom.getTime() <= now.getTime() + FIVE_YEARS_MS;
}
