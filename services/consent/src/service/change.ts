import { digest } from '@praya/kernel/canonical';
import { signJws } from '@praya/kernel/jws';
import type { PublishedKey, SigningKey } from '@praya/kernel/keyring';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { STATE_TYPE, verifyChain } from '../chain.ts';
import {
  type ConsentRefusal,
  type ConsentStateDocument,
  type Consents,
  type ConsentView,
  EVENTS,
} from '../contract.ts';
import { decideChange, eventOf } from '../rules.ts';
import type { ConsentRow, ConsentStore } from '../store.ts';
import type { Room } from './room.ts';
import { notify } from './tell.ts';
import { showOne } from './view.ts';

type Change = Parameters<Consents['change']>[0];
type Party = ConsentStateDocument['by'];
type Keys = { readonly signing: SigningKey; readonly published: readonly PublishedKey[] };

const EVENT_NAMES = {
  active: EVENTS.activated,
  paused: EVENTS.paused,
  resumed: EVENTS.resumed,
  revoked: EVENTS.revoked,
  expired: EVENTS.expired,
} as const;

/** One step from state to state: decided, signed and told in one transaction on the locked row. */
export async function change(room: Room, about: Change): Promise<Result<ConsentView, ConsentRefusal>> {
  // Keys first: inside the transaction this process must not wait for a second connection.
  const signing = await room.signer.signingKey();
  const published = await room.signer.published();
  const changed = await room.store.transaction((store) =>
    changeLocked({ ...room, store }, { change: about, keys: { signing, published } }),
  );
  return changed.ok ? ok(await showOne(room, changed.value)) : changed;
}

/** Writes down that a consent's time is over; one that ended before is left as it is. */
export async function expire(room: Room, id: Change['id']): Promise<void> {
  const expired = await change(room, { id, by: 'clock', to: 'expired' });
  if (expired.ok) return;
  // The queue's clock may run ahead of ours: the job comes again.
  if (expired.refusal.rule === 'not-due') throw new Error(`${id} is not due yet`);
  if (expired.refusal.code === 'consent.tampered') throw new Error(`The chain of ${id} does not hold`);
}

async function changeLocked(
  room: Room,
  about: { change: Change; keys: Keys },
): Promise<Result<ConsentRow, ConsentRefusal>> {
  const { by, to, id } = about.change;
  const row = await room.store.lock(id);
  if (row === undefined) return refuse('consent.unknown');
  const party = partyOf(row, by);
  if (!party.ok) return party;
  const decision = decideChange(row, { by: party.value, to, now: room.now() });
  if (!decision.ok) return decision;
  if (decision.value === 'already') return ok(row);
  const step = { row, to, by: party.value, at: room.now() };
  if (party.value !== 'clock' && to === 'revoked') {
    await room.store.entomb(id, { by: party.value, at: step.at });
  }
  return row.state === 'requested'
    ? endUnsigned(room.store, step)
    : appendState(room.store, step, about.keys);
}

function partyOf(row: ConsentRow, by: Change['by']): Result<Party, ConsentRefusal> {
  if (by === 'clock') return ok('clock');
  if ('clientId' in by) return by.clientId === row.clientId ? ok('recipient') : refuse('consent.unknown');
  return by.personId === row.personId ? ok('citizen') : refuse('consent.not-yours');
}

type Step = { row: ConsentRow; to: Change['to']; by: Party; at: Date };

// Nobody had agreed to it yet, so there is no chain to continue; its tombstone keeps it from being agreed to.
async function endUnsigned(store: ConsentStore, { row, to, at }: Step): Promise<Result<ConsentRow, never>> {
  await store.write(row.id, { state: to, revision: 0, decidedAt: at });
  return ok({ ...row, state: to, decidedAt: at });
}

async function appendState(
  store: ConsentStore,
  step: Step,
  keys: Keys,
): Promise<Result<ConsentRow, ConsentRefusal>> {
  const { row, to, by, at } = step;
  const revisions = await store.revisions(row.id);
  const last = revisions.at(-1);
  const stored = { row, revisions, tombstoned: false };
  const chain = await verifyChain(stored, keys.published);
  if ('broken' in chain || last === undefined) {
    return refuse('consent.tampered', { detail: 'broken' in chain ? chain.broken : 'no token' });
  }
  const revision = row.revision + 1;
  const document: ConsentStateDocument = {
    type: 'praya.consent-state.v1',
    id: row.id,
    revision,
    previous: last.digest,
    state: to,
    by,
    at: at.toISOString(),
  };
  const jws = await signJws(keys.signing, { typ: STATE_TYPE, payload: document });
  await store.addRevision(row.id, { revision, document, digest: digest(document), jws });
  await store.write(row.id, { state: to, revision, decidedAt: row.decidedAt });
  const event = eventOf({ from: row.state, to });
  await notify(store, { row, document: chain.document, event, name: EVENT_NAMES[event], at });
  return ok({ ...row, state: to, revision });
}
