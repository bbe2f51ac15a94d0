import type { Id } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { ConsentRefusal, Consents } from '../contract.ts';
import { refusalOf, stateAt } from '../rules.ts';
import type { ConsentRow } from '../store.ts';
import { ownedBy, type Room } from './room.ts';
import { showOne } from './view.ts';

type Opened = ConsentRow & { personId: string; subjects: Readonly<Record<string, string>> };

/** Binds a requested consent to the person who opens it first, and seals her subjects once. */
export async function open(room: Room, about: Parameters<Consents['open']>[0]): ReturnType<Consents['open']> {
  await room.store.bind(about.id, about.personId);
  const requested = await stillRequested(room, about);
  if (!requested.ok) return requested;
  const row = requested.value;
  if (row.subjects !== null) return ok(await showOne(room, row));
  const services = await room.surroundings.services(row.detail.services.map(({ id }) => id));
  const providers = [...new Set(services.map(({ provider }) => provider))];
  const sealed = await room.surroundings.sealSubjects({
    personId: about.personId,
    consentId: about.id,
    providers,
  });
  if (!sealed.ok) return refuse('consent.register-unreachable', { detail: sealed.refusal.code });
  const missing = providers.find((provider) => sealed.value[provider] === undefined);
  if (missing !== undefined)
    return refuse('consent.register-unreachable', { detail: `no subject for ${missing}` });
  await room.store.keepSubjects(about.id, sealed.value);
  const kept = await stillRequested(room, about);
  return kept.ok ? ok(await showOne(room, kept.value)) : kept;
}

/** Her answer is no. */
export function refuseRequest(
  room: Room,
  about: Parameters<Consents['refuse']>[0],
): ReturnType<Consents['refuse']> {
  return room.store.transaction(async (store) => {
    const row = await store.lock(about.id);
    const own = ownedBy(row, about.personId);
    if (!own.ok) return own;
    const inside = { ...room, store };
    if (own.value.state === 'refused') return ok(await showOne(inside, own.value));
    if (stateAt(own.value, room.now()) !== 'requested') return refuse('consent.not-requested');
    const decidedAt = room.now();
    await store.write(about.id, { state: 'refused', revision: 0, decidedAt });
    return ok(await showOne(inside, own.value));
  });
}

/** A consent that waits for her answer; one that was revoked or ran out meanwhile says so. */
export async function stillRequested(
  room: Room,
  about: { id: Id<'con'>; personId: string },
): Promise<Result<ConsentRow & { personId: string }, ConsentRefusal>> {
  const own = ownedBy(await room.store.find(about.id), about.personId);
  if (!own.ok) return own;
  if (await room.store.isTombstoned(about.id)) return refuse('consent.revoked');
  const state = stateAt(own.value, room.now());
  if (state === 'requested') return own;
  if (state === 'active' || state === 'paused') return refuse('consent.not-requested');
  return refuse(refusalOf(state));
}

/** A requested consent whose subjects are sealed. */
export async function opened(
  room: Room,
  about: { id: Id<'con'>; personId: string },
): Promise<Result<Opened, ConsentRefusal>> {
  const requested = await stillRequested(room, about);
  if (!requested.ok) return requested;
  const { subjects } = requested.value;
  return subjects === null ? refuse('consent.not-requested') : ok({ ...requested.value, subjects });
}
