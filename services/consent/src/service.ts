import type { Database } from '@praya/kernel/database';
import type { JobHandler } from '@praya/kernel/jobs';
import type { ConsentId, Consents } from './contract.ts';
import { deliver, deliveriesOf, type Messenger } from './deliveries/deliver.ts';
import { agree, prepare, record } from './service/agree.ts';
import { change, expire } from './service/change.ts';
import { allowing, evidence } from './service/evidence.ts';
import { open, refuseRequest } from './service/open.ts';
import { byHandle, check, request } from './service/request.ts';
import type { Room } from './service/room.ts';
import { ofPerson, view } from './service/view.ts';
import { withdraw } from './service/withdraw.ts';
import { consentStore } from './store.ts';

export type ConsentNeeds = Omit<Room, 'store'> &
  Pick<Messenger, 'events' | 'fetch'> & { readonly db: Database };

/** The room on its database. */
export function createConsents(needs: ConsentNeeds): Consents {
  return consentsOf({ ...needs, store: consentStore(needs.db) });
}

/** The room's jobs by their names; each bears being run twice. */
export function consentJobs(needs: ConsentNeeds): Readonly<Record<string, JobHandler>> {
  const room = { ...needs, store: consentStore(needs.db) };
  return {
    'consent.expire': async ({ consentId }) => expire(room, consentId as ConsentId),
    'consent.record': async ({ consentId }) => record(room, String(consentId)),
    'consent.deliver': async ({ deliveryId }) => deliver(room, String(deliveryId)),
  };
}

/** The room on a store. */
export function consentsOf(room: Room): Consents {
  return {
    request: (about) => request(room, about),
    check: (about) => check(room, about),
    byHandle: (handle) => byHandle(room, handle),
    open: (about) => open(room, about),
    prepare: (about) => prepare(room, about),
    agree: (about) => agree(room, about),
    refuse: (about) => refuseRequest(room, about),
    change: (about) => change(room, about),
    evidence: (id) => evidence(room, id),
    allowing: (about) => allowing(room, about),
    view: (about) => view(room, about),
    ofPerson: (page) => ofPerson(room, page),
    withdraw: (withdrawal) => withdraw(room, withdrawal),
    deliveries: (about) => deliveriesOf(room, about),
  };
}
