import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Actor, Idempotency, Notary, NotaryRefusal } from '../contract.ts';
import type { StatedState } from '../records/contract.ts';
import { isInstant, isPlain } from '../rules/new-record.ts';
import { isEffectiveInRange, mayFollow, statedAt } from '../rules/states.ts';
import type { NotaryStore, RecordRow, StatementRow } from '../store/store.ts';
import { actionOf, keepKey, mayAct, repeated } from './actor.ts';
import { openDesk, stateOf } from './drafts.ts';
import { answerAgain } from './notarise.ts';
import { finish, placeAll } from './place.ts';
import type { Room } from './room.ts';

/** What somebody wants stated next, decided on the record as it is under the lock. */
type Wanted = {
  readonly id: string;
  readonly action: string;
  readonly reason: string | null;
  readonly revision: number | undefined;
  readonly once: Idempotency | undefined;
  decide(
    row: RecordRow,
    history: readonly StatementRow[],
    now: Date,
  ): Result<{ state: StatedState; effectiveFrom: Date | null }, NotaryRefusal>;
};

/** Suspends, reinstates or revokes. */
export function change(
  room: Room,
  ...[actor, about]: Parameters<Notary['change']>
): ReturnType<Notary['change']> {
  const { to, reason, revision, effectiveFrom } = about.change;
  const from = effectiveFrom == null ? null : new Date(effectiveFrom);
  return state(room, actor, {
    id: about.id,
    once: about.once,
    action: to === 'active' ? 'reinstate' : to === 'revoked' ? 'revoke' : 'suspend',
    reason,
    revision,
    decide: (row, history, now) => {
      if (row.organisation !== actor.organisation) return refuse('notary.not-your-organisation');
      const fits = from === null || (isInstant(from) && isEffectiveInRange(from, { ...row, now }));
      if (!fits) return refuse('notary.effective-out-of-range', { field: 'effectiveFrom' });
      const follows = mayFollow(history, { to, effectiveFrom: from }, now);
      return follows ? ok({ state: to, effectiveFrom: from }) : refuse('notary.state-not-reachable');
    },
  });
}

/** Approves or rejects at the step of the organisation. */
export async function decide(
  room: Room,
  ...[actor, about]: Parameters<Notary['decide']>
): ReturnType<Notary['decide']> {
  const { decision, reason = null, revision } = about.decision;
  if (decision === 'reject' && reason === null) return refuse('notary.reason-needed', { field: 'reason' });
  return state(room, actor, {
    id: about.id,
    once: about.once,
    action: decision,
    reason,
    revision,
    decide: (row, history, now) => {
      const steps = row.steps ?? [];
      if (row.kind !== 'approval' || statedAt(history, now) !== 'pending')
        return refuse('notary.state-not-reachable');
      if (steps[row.revision - 1] !== actor.organisation) return refuse('notary.not-your-turn');
      const last = row.revision === steps.length;
      return ok({
        state: decision === 'reject' ? 'rejected' : last ? 'active' : 'pending',
        effectiveFrom: null,
      });
    },
  });
}

async function state(room: Room, actor: Actor, wanted: Wanted): ReturnType<Notary['change']> {
  const may = await mayAct(room, actor);
  if (!may.ok) return may;
  if (wanted.reason !== null && !isPlain(wanted.reason))
    return refuse('notary.record-invalid', { field: 'reason', rule: 'plain-text' });
  const done = await finish(room, [wanted.id]);
  if (!done.ok) return done;
  await room.faults('before-statement');
  const written = await room.store.transaction((store) => write(room, store, { actor, wanted }));
  await room.faults('after-statement');
  if (!written.ok) return written;
  const placed = written.value === null ? ok(null) : await placeAll(room, [written.value]);
  return placed.ok ? answerAgain(room, wanted.id) : placed;
}

// Under the lock of the record's row, so that of two officers one is first and the other sees what she did.
async function write(
  room: Room,
  store: NotaryStore,
  { actor, wanted }: { actor: Actor; wanted: Wanted },
): Promise<Result<StatementRow | null, NotaryRefusal>> {
  const row = await store.lock(wanted.id);
  if (row === undefined || !concerns(row, actor)) return refuse('notary.record-unknown');
  const before = await repeated(store, actor, wanted.once);
  if (!before.ok) return before;
  if (before.value !== undefined) return before.value === wanted.id ? ok(null) : refuse('notary.key-reused');
  if (row.erasedAt !== null) return refuse('notary.record-erased');
  const history = await store.statementsOf([row.id]);
  const stale = history.some(({ place }) => place === null);
  if (stale || (wanted.revision ?? row.revision) !== row.revision) return refuse('notary.changed-meanwhile');
  const now = room.now();
  const decided = wanted.decide(row, history, now);
  if (!decided.ok) return decided;
  const newest = history.at(-1);
  const desk = await openDesk({ ...room, store }, row.organisation);
  const statement = stateOf(desk, row, {
    issuer: actor.organisation,
    previous: newest?.digest ?? null,
    ...decided.value,
    reason: wanted.reason,
    at: newest !== undefined && newest.at > now ? newest.at : now,
  });
  const { once, action, reason } = wanted;
  const faster = await keepKey(store, actor, { once, subject: row.id, at: now });
  if (!faster.ok) return faster;
  await store.addStatement(statement);
  await store.act([actionOf(actor, { action, subject: row.id, reason, at: now })]);
  return ok(statement);
}

/** Whether a record is the organisation's, or one of its approvals is. For others there is none. */
export function concerns(row: RecordRow, actor: Actor): boolean {
  return row.organisation === actor.organisation || row.steps?.includes(actor.organisation) === true;
}

/** Drops what says something of the record; the entries on the log then say nothing any more. */
export async function erase(
  room: Room,
  ...[actor, about]: Parameters<Notary['erase']>
): ReturnType<Notary['erase']> {
  const may = await mayAct(room, actor);
  if (!may.ok) return may;
  const done = await finish(room, [about.id]);
  if (!done.ok) return done;
  const at = room.now();
  const { reason } = about.erasure;
  const erased = await room.store.transaction(async (store): Promise<Result<null, NotaryRefusal>> => {
    const row = await store.lock(about.id);
    if (row === undefined || !concerns(row, actor)) return refuse('notary.record-unknown');
    if (row.organisation !== actor.organisation) return refuse('notary.not-your-organisation');
    if (row.erasedAt !== null) return refuse('notary.record-erased');
    const statements = await store.statementsOf([row.id]);
    if (statements.some(({ place }) => place === null)) return refuse('notary.changed-meanwhile');
    await store.erase(row.id, at);
    await store.act([actionOf(actor, { action: 'erase', subject: row.id, reason, at })]);
    return ok(null);
  });
  return erased.ok ? answerAgain(room, about.id) : erased;
}
