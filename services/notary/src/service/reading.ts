import { isId } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import type { Notary } from '../contract.ts';
import { readCode } from '../rules/code.ts';
import type { RecordRow } from '../store/store.ts';
import { concerns } from './change.ts';
import type { Room } from './room.ts';
import { viewOf, viewsOf } from './views.ts';

const DIGEST = /^[A-Za-z0-9_-]{43}$/;

/** One record of the organisation, or one of whose approvals it is. */
export async function find(
  room: Room,
  ...[actor, id]: Parameters<Notary['find']>
): ReturnType<Notary['find']> {
  const row = await room.store.find(id);
  if (row === undefined || !concerns(row, actor)) return refuse('notary.record-unknown');
  // Its first statement is on its way, or waits for the log.
  if (row.revision === 0) return refuse('notary.record-unknown');
  return ok(await viewOf(room, row));
}

/** A page of the organisation's records, the newest first. */
export async function records(
  room: Room,
  ...[actor, wanted]: Parameters<Notary['records']>
): ReturnType<Notary['records']> {
  const { cursor, limit, query, ...about } = wanted;
  if (cursor !== undefined && !isId('ntr', cursor)) return refuse('notary.cursor-malformed');
  const rows = await room.store.page({
    ...about,
    organisation: actor.organisation,
    query: query?.toWellFormed(),
    digest: query !== undefined && DIGEST.test(query) ? query : undefined,
    code: query === undefined ? undefined : readCode(query),
    before: cursor,
    now: room.now(),
    limit: limit + 1,
  });
  return ok(await pageOf(room, rows, limit));
}

/** Chains of approval whose next step is this organisation's, the oldest first. */
export async function inbox(
  room: Room,
  ...[actor, { cursor, limit }]: Parameters<Notary['inbox']>
): ReturnType<Notary['inbox']> {
  if (cursor !== undefined && !isId('ntr', cursor)) return refuse('notary.cursor-malformed');
  const rows = await room.store.waiting({
    organisation: actor.organisation,
    after: cursor,
    limit: limit + 1,
  });
  return ok(await pageOf(room, rows, limit));
}

// One more than shown has been read, to know whether there is more.
async function pageOf(room: Room, rows: readonly RecordRow[], limit: number) {
  const items = await viewsOf(room, rows.slice(0, limit));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
