import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Actor, Idempotency, NotaryRefusal } from '../contract.ts';
import type { Action, NotaryStore } from '../store/store.ts';
import type { Room } from './room.ts';

/** Refuses an organisation that is suspended or no more. */
export async function mayAct(room: Room, actor: Actor): Promise<Result<null, NotaryRefusal>> {
  const found = await room.directory.organisation(actor.organisation);
  if (!found.ok) return refuse('notary.not-your-organisation');
  return found.value.suspendedAt === null ? ok(null) : refuse('notary.organisation-suspended');
}

/** A line of the office's own trail. */
export function actionOf(
  actor: Actor,
  about: Pick<Action, 'action' | 'subject' | 'at'> & { readonly reason?: string | null },
): Action {
  const { organisation, by } = actor;
  const person = 'person' in by ? by.person : null;
  const client = 'client' in by ? by.client : null;
  return { reason: null, ...about, organisation, person, client };
}

/** What the key did before: its subject; undefined where there is no key or it is new. */
export async function repeated(
  store: NotaryStore,
  actor: Actor,
  once: Idempotency | undefined,
): Promise<Result<string | undefined, NotaryRefusal>> {
  if (once === undefined) return ok(undefined);
  const before = await store.findRepetition({ ...ownerOf(actor), key: once.key });
  if (before === undefined) return ok(undefined);
  return before.bodyHash === once.bodyHash ? ok(before.subject) : refuse('notary.key-reused');
}

/** Keeps the key for what is about to happen; where somebody was faster, what she did is the answer. */
export async function keepKey(
  store: NotaryStore,
  actor: Actor,
  about: { readonly once: Idempotency | undefined; readonly subject: string; readonly at: Date },
): Promise<Result<string | undefined, NotaryRefusal>> {
  const { once, subject, at } = about;
  if (once === undefined) return ok(undefined);
  const kept = await store.keepRepetition({ ...ownerOf(actor), ...once, subject, at });
  return kept ? ok(undefined) : repeated(store, actor, once);
}

function ownerOf({ organisation, by }: Actor): { organisation: string; actor: string } {
  return { organisation, actor: 'person' in by ? by.person : `client ${by.client}` };
}
