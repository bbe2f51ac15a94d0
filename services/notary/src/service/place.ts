import { ok, type Result, refuse } from '@praya/kernel/result';
import type { NotaryRefusal } from '../contract.ts';
import type { StatementRow } from '../store/store.ts';
import type { Room } from './room.ts';

const CHUNK = 500;
const ABANDONED_MS = 5_000;
const KEYS_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Brings statements that are written down onto the log, and keeps their places: only then have they been made.
 * A statement whose place was given but not kept gets the same one again.
 */
export async function placeAll(
  room: Room,
  statements: readonly StatementRow[],
): Promise<Result<null, NotaryRefusal>> {
  for (const [tenant, mine] of Map.groupBy(statements, (one) => one.tenant)) {
    for (let at = 0; at < mine.length; at += CHUNK) {
      const placed = await placeChunk(room, tenant, mine.slice(at, at + CHUNK));
      if (!placed.ok) return placed;
    }
  }
  return ok(null);
}

async function placeChunk(
  room: Room,
  tenant: string,
  statements: readonly StatementRow[],
): Promise<Result<null, NotaryRefusal>> {
  await room.faults('before-sequence');
  const entries = statements.map(({ entry }) => entry);
  const places = await sequence(room, entries, tenant);
  if (!places.ok) {
    const code = places.refusal.code === 'ledger.busy' ? 'notary.busy' : 'notary.evidence-unavailable';
    return refuse(code, { detail: places.refusal.code });
  }
  await room.faults('after-sequence');
  const rows = statements.flatMap(({ record, revision }, at) => {
    const place = places.value[at];
    return place === undefined ? [] : [{ record, revision, place }];
  });
  await room.store.place(rows);
  await room.faults('after-place');
  return ok(null);
}

// The log of all organisations is opened by the first statement.
async function sequence(room: Room, entries: readonly Uint8Array[], tenant: string) {
  const places = await room.ledger.sequence(entries, tenant);
  if (places.ok || places.refusal.code !== 'ledger.log-unknown') return places;
  const opened = await room.ledger.open(tenant);
  return opened.ok ? room.ledger.sequence(entries, tenant) : opened;
}

/** Places what a process that is no more, or a ledger that was away, left behind on these records. */
export async function finish(room: Room, ids: readonly string[]): Promise<Result<null, NotaryRefusal>> {
  const left = await room.store.unplaced({ records: ids, limit: CHUNK });
  return left.length === 0 ? ok(null) : placeAll(room, left);
}

/** The job: the same for all records, and forgets keys that nobody repeats any more. */
export async function finishAll(room: Room): Promise<void> {
  const now = room.now().getTime();
  await room.store.forgetRepetitions(new Date(now - KEYS_KEPT_MS));
  for (;;) {
    const left = await room.store.unplaced({ before: new Date(now - ABANDONED_MS), limit: CHUNK });
    if (left.length === 0) return;
    const placed = await placeAll(room, left);
    // The queue tries again, later and later.
    if (!placed.ok) throw new Error(`Statements wait for the log: ${placed.refusal.detail}`);
  }
}
