import type { Id } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { verifyChain } from '../chain.ts';
import type { ConsentEvidence, ConsentRefusal, Consents, ConsentView } from '../contract.ts';
import { refusalOf, stateAt } from '../rules.ts';
import type { ConsentRow, StoredChain } from '../store.ts';
import type { Room } from './room.ts';

/** The chain of a consent, verified anew at every use: what the columns say is only where to look. */
export async function evidence(room: Room, id: Id<'con'>): Promise<Result<ConsentEvidence, ConsentRefusal>> {
  const stored = await room.store.findChain(id);
  return stored === undefined ? refuse('consent.unknown') : verified(room, stored);
}

/** The evidence, only if it lets this client act now. */
export async function allowing(
  room: Room,
  about: Parameters<Consents['allowing']>[0],
): ReturnType<Consents['allowing']> {
  const stored = await room.store.findChain(about.id);
  if (stored?.row.clientId !== about.clientId) return refuse('consent.unknown');
  const found = await verified(room, stored);
  if (!found.ok) return found;
  const { state } = found.value;
  return state === 'active' ? found : refuse(refusalOf(state));
}

/** The state of a consent as its verified chain says, or as nobody signed it yet; `tampered` where it does not hold. */
export async function standing(room: Room, stored: StoredChain): Promise<ConsentView['state']> {
  const found = await verified(room, stored);
  if (found.ok) return found.value.state;
  return found.refusal.code === 'consent.tampered' ? 'tampered' : stateAt(stored.row, room.now());
}

async function verified(room: Room, stored: StoredChain): Promise<Result<ConsentEvidence, ConsentRefusal>> {
  const { row, revisions } = stored;
  if (revisions.length === 0) return unsigned(row, room.now());
  const chain = await verifyChain(stored, await room.signer.published());
  if ('broken' in chain) return refuse('consent.tampered', { detail: `${row.id}: ${chain.broken}` });
  const state = stateAt({ state: chain.state, expiresAt: row.expiresAt }, room.now());
  return ok({ ...chain, state, personId: row.personId as ConsentEvidence['personId'] });
}

// Without a token a consent was never agreed to; a row that says otherwise was edited.
function unsigned(row: ConsentRow, now: Date): Result<never, ConsentRefusal> {
  const state = stateAt(row, now);
  if (row.revision > 0 || row.state === 'active' || row.state === 'paused' || state === 'active') {
    return refuse('consent.tampered', { detail: `${row.id}: no token` });
  }
  return refuse(refusalOf(state));
}
