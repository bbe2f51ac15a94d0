import { sha256 } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import type { Consents } from '../contract.ts';
import { admit, type Room } from './room.ts';

/** Whether the rules permit a detail; nothing is kept. */
export async function check(
  room: Room,
  about: Parameters<Consents['check']>[0],
): ReturnType<Consents['check']> {
  const admitted = await admit(room, about);
  return admitted.ok ? ok(admitted.value.detail) : admitted;
}

/** Mints the consent of a pushed request, so that it has its name before anybody can hear of it. */
export async function request(
  room: Room,
  about: Parameters<Consents['request']>[0],
): ReturnType<Consents['request']> {
  const admitted = await admit(room, about);
  if (!admitted.ok) return admitted;
  const { detail, recipient } = admitted.value;
  const requestedAt = room.now();
  const id = newId('con', requestedAt);
  await room.store.insert({
    id,
    handleHash: sha256(about.handle),
    clientId: about.clientId,
    organisationId: recipient.id,
    detail,
    requestedAt,
    expiresAt: new Date(detail.expires_at),
  });
  return ok({ id });
}

/** The consent of a pushed request. */
export async function byHandle(room: Room, handle: string): ReturnType<Consents['byHandle']> {
  const id = await room.store.findByHandle(sha256(handle));
  return id === undefined ? refuse('consent.unknown') : ok(id);
}
