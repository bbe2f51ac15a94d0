import type { OrganisationId } from '@praya/directory/contract';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Actor, Notary, NotaryRefusal } from '../contract.ts';
import { type Draft, readNewRecord } from '../rules/new-record.ts';
import { actionOf, keepKey, mayAct, repeated } from './actor.ts';
import { draw, openDesk } from './drafts.ts';
import { finish, placeAll } from './place.ts';
import type { Room } from './room.ts';
import { viewOf } from './views.ts';

type Args = Parameters<Notary['record']>;

/** Notarises one thing: written down, on the log, its place kept; then answered. */
export async function notarise(room: Room, ...[actor, record, once]: Args): ReturnType<Notary['record']> {
  const may = await mayAct(room, actor);
  if (!may.ok) return may;
  const before = await repeated(room.store, actor, once);
  if (!before.ok) return before;
  if (before.value !== undefined) return answerAgain(room, before.value);
  const draft = readNewRecord(record);
  if (!draft.ok) return draft;
  const unknown = await stepFault(room, draft.value);
  if (unknown !== undefined) return refuse('notary.record-invalid', unknown);
  const written = await write(room, { actor, draft: draft.value, once });
  if (!written.ok) return written;
  return answerAgain(room, written.value);
}

async function write(
  room: Room,
  about: { actor: Actor; draft: Draft; once: Args[2] },
): Promise<Result<string, NotaryRefusal>> {
  const { actor, draft, once } = about;
  const at = room.now();
  const { record, statement } = draw(await openDesk(room, actor.organisation), { actor, draft, at });
  await room.faults('before-statement');
  const kept = await room.store.transaction(async (store) => {
    const faster = await keepKey(store, actor, { once, subject: record.id, at });
    if (!faster.ok || faster.value !== undefined) return faster;
    await store.insert([record], [statement]);
    await store.act([actionOf(actor, { action: 'notarise', subject: record.id, at })]);
    return faster;
  });
  await room.faults('after-statement');
  if (!kept.ok) return kept;
  if (kept.value !== undefined) return ok(kept.value);
  const placed = await placeAll(room, [statement]);
  return placed.ok ? ok(record.id) : placed;
}

/** A record as it is now, once all that was stated of it is on the log. */
export async function answerAgain(room: Room, id: string): ReturnType<Notary['record']> {
  const done = await finish(room, [id]);
  if (!done.ok) return done;
  const row = await room.store.find(id);
  return row === undefined ? refuse('notary.record-unknown') : ok(await viewOf(room, row));
}

/** The first step whose organisation is not there, or may not act. */
export async function stepFault(
  room: Room,
  { steps }: Pick<Draft, 'steps'>,
): Promise<{ field: string; rule: string } | undefined> {
  for (const [at, id] of (steps ?? []).entries()) {
    const found = await room.directory.organisation(id as OrganisationId);
    const field = `steps/${at}/organisation`;
    if (!found.ok) return { field, rule: 'unknown' };
    if (found.value.suspendedAt !== null) return { field, rule: 'suspended' };
  }
  return undefined;
}
