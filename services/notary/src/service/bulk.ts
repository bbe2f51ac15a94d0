import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import {
  type Actor,
  BULK_MAX_ITEMS,
  type BulkFailure,
  type Notary,
  type NotaryRefusal,
} from '../contract.ts';
import { type Draft, readNewRecord } from '../rules/new-record.ts';
import { resultsCsv } from '../rules/results-csv.ts';
import type { Bulk, BulkRow } from '../store/store.ts';
import { actionOf, keepKey, mayAct } from './actor.ts';
import { draw, openDesk } from './drafts.ts';
import { placeAll } from './place.ts';
import type { Room } from './room.ts';

const CHUNK = 500;

/** Takes many rows; a job notarises them. A row that cannot be one says so and stops no other. */
export async function bulk(
  room: Room,
  ...[actor, rows, once]: Parameters<Notary['bulk']>
): ReturnType<Notary['bulk']> {
  const may = await mayAct(room, actor);
  if (!may.ok) return may;
  if (rows.length === 0) return refuse('notary.bulk-malformed', { field: 'items', rule: 'minItems' });
  if (rows.length > BULK_MAX_ITEMS)
    return refuse('notary.bulk-too-many', { field: 'items', rule: 'maxItems' });
  const at = room.now();
  const { organisation, by } = actor;
  const made: Bulk = {
    id: newId('ntb', at),
    organisation,
    person: 'person' in by ? by.person : null,
    client: 'client' in by ? by.client : null,
    total: rows.length,
    createdAt: at,
  };
  const kept = await room.store.transaction(async (store) => {
    const faster = await keepKey(store, actor, { once, subject: made.id, at });
    if (!faster.ok || faster.value !== undefined) return faster;
    await store.addBulk(made, rows.map(rowOf));
    await store.act([actionOf(actor, { action: 'bulk', subject: made.id, at })]);
    return faster;
  });
  if (!kept.ok) return kept;
  const id = kept.value ?? made.id;
  const there = await room.store.findBulk(id);
  return there === undefined ? refuse('notary.key-reused') : ok({ id: there.id, total: there.total });
}

function rowOf(item: unknown, at: number): BulkRow | BulkFailure {
  const row = at + 1;
  const draft = draftOf(item);
  return draft.ok ? { row, item } : failureOf(row, draft.refusal);
}

function draftOf(item: unknown): Result<Draft, NotaryRefusal> {
  const draft = readNewRecord(item);
  return draft.ok && draft.value.kind === 'approval'
    ? refuse('notary.bulk-not-for-kind', { field: 'kind' })
    : draft;
}

function failureOf(row: number, refusal: { code: string; field?: string; rule?: string }): BulkFailure {
  const { code, field, rule } = refusal;
  return { row, code, ...(field === undefined ? {} : { field }), ...(rule === undefined ? {} : { rule }) };
}

/**
 * The job of one bulk: in chunks, rows become records and statements in one transaction, then get their places.
 * Whatever point a process dies at, the next one begins with what has no place yet.
 */
export async function workThrough(room: Room, id: string, signal?: AbortSignal): Promise<void> {
  const found = await room.store.findBulk(id);
  if (found === undefined) return;
  for (;;) {
    if (signal?.aborted === true) throw new Error('The process ends; another goes on');
    const left = await room.store.unplacedOf(id, CHUNK);
    const placed = await placeAll(room, left);
    if (!placed.ok) throw new Error(`Rows wait for the log: ${placed.refusal.detail}`);
    await room.faults('before-rows');
    const taken = await writeRows(room, found);
    await room.faults('after-rows');
    if (taken === 0 && left.length === 0) return;
  }
}

async function writeRows(room: Room, bulk: Bulk): Promise<number> {
  const actor = actorOf(bulk);
  const desk = await openDesk(room, bulk.organisation);
  const at = room.now();
  return room.store.transaction(async (store) => {
    const rows = await store.takeRows(bulk.id, CHUNK);
    const drawn = rows.map(({ row, item }) => ({ row, draft: draftOf(item) }));
    const settled: ({ row: number; record: string } | BulkFailure)[] = [];
    const made: ReturnType<typeof draw>[] = [];
    for (const { row, draft } of drawn) {
      if (!draft.ok) settled.push(failureOf(row, draft.refusal));
      else {
        const one = draw(desk, { actor, draft: draft.value, at });
        made.push(one);
        settled.push({ row, record: one.record.id });
      }
    }
    if (made.length > 0)
      await store.insert(
        made.map(({ record }) => record),
        made.map(({ statement }) => statement),
      );
    if (settled.length > 0) await store.settleRows(bulk.id, settled);
    return rows.length;
  });
}

function actorOf({ organisation, person, client }: Bulk): Actor {
  const by = person === null ? { client: client ?? '' } : { person };
  return { organisation, by } as Actor;
}

/** How far a bulk is. */
export async function bulkView(
  room: Room,
  ...[actor, id]: Parameters<Notary['bulkView']>
): ReturnType<Notary['bulkView']> {
  const found = await room.store.findBulk(id);
  if (found === undefined || found.organisation !== actor.organisation) return refuse('notary.bulk-unknown');
  const { done, failures, failed } = await room.store.progress(id);
  return ok({
    id: found.id,
    total: found.total,
    done,
    failures,
    failed: [...failed],
    state: done + failures === found.total ? 'done' : 'running',
    createdAt: found.createdAt.toISOString(),
  });
}

/** Every row and what became of it. */
export async function bulkResults(
  room: Room,
  ...[actor, id]: Parameters<Notary['bulkResults']>
): ReturnType<Notary['bulkResults']> {
  const found = await room.store.findBulk(id);
  if (found === undefined || found.organisation !== actor.organisation) return refuse('notary.bulk-unknown');
  return ok(resultsCsv(await room.store.results(id), room.origin));
}
