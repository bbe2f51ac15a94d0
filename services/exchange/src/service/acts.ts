import { ok, refuse } from '@praya/kernel/result';
import type { LogProof } from '@praya/ledger/contract';
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
  return ok(receiptOf(act, { ...act, salt, trust, proof: await witnessed(room, proof) }));
}

// A proof from before the witnesses had answered is replaced by one that leads to what they have cosigned.
async function witnessed(room: Room, proof: LogProof): Promise<LogProof> {
  if (signaturesOn(proof) > 1) return proof;
  const newer = await room.ledger.proofOf(proof);
  return newer.ok && signaturesOn(newer.value) > 1 ? newer.value : proof;
}

function signaturesOn({ checkpoint }: LogProof): number {
  return checkpoint.slice(checkpoint.lastIndexOf('\n\n') + 2, -1).split('\n').length;
}

/** Ends what was begun more than a minute ago by a process that is no more; forgets requests nobody can replay. */
export async function abandon(room: Pick<Room, 'store' | 'now'>): Promise<void> {
  const at = room.now();
  const before = new Date(at.getTime() - PENDING_MS);
  await room.store.abandon({ before, at, code: 'exchange.abandoned' });
  await room.store.forgetSpent(before);
}
