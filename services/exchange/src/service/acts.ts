import { ok, refuse } from '@praya/kernel/result';
import type { Exchange } from '../contract.ts';
import type { Room } from './room.ts';
import { receiptOf } from './settle.ts';

const PENDING_MS = 60_000;

/** The receipt of an act, for the person it concerns or the client that asked; for all others there is none. */
export async function receipt(
  room: Room,
  about: Parameters<Exchange['receipt']>[0],
): ReturnType<Exchange['receipt']> {
  const act = await room.store.find(about.actId);
  const mine = 'personId' in about ? act?.personId === about.personId : act?.clientId === about.clientId;
  if (act === undefined || !mine) return refuse('exchange.act-unknown');
  const { outcome, salt, proof, trust } = act;
  if (outcome !== 'done' || salt === null || proof === null || trust === null) {
    return refuse('exchange.act-unknown', { rule: outcome });
  }
  return ok(receiptOf(act, { ...act, salt, proof, trust }));
}

/** Ends what was begun more than a minute ago by a process that is no more; forgets requests nobody can replay. */
export async function abandon(room: Pick<Room, 'store' | 'now'>): Promise<void> {
  const at = room.now();
  const before = new Date(at.getTime() - PENDING_MS);
  await room.store.abandon({ before, at, code: 'exchange.abandoned' });
  await room.store.forgetSpent(before);
}
