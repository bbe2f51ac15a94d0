import type { Database } from '@praya/kernel/database';
import type { CronJob, JobHandler } from '@praya/kernel/jobs';
import type { Notary } from './contract.ts';
import { bulk, bulkResults, bulkView, workThrough } from './service/bulk.ts';
import { certificate } from './service/certificate.ts';
import { change, decide, erase } from './service/change.ts';
import { check, checksOf } from './service/checks.ts';
import { proof, receipt, statement } from './service/evidence.ts';
import { notarise } from './service/notarise.ts';
import { openLog } from './service/own-log.ts';
import { finishAll } from './service/place.ts';
import { find, inbox, records } from './service/reading.ts';
import type { Room } from './service/room.ts';
import { notaryStore } from './store/postgres-store.ts';

export type { NotaryLedger, Place } from './service/room.ts';

export type NotaryNeeds = Omit<Room, 'store' | 'faults'> & {
  readonly db: Database;
  readonly faults?: Room['faults'];
};

/** The room on its database. */
export function createNotary(needs: NotaryNeeds): Notary {
  return notaryOf(roomOf(needs));
}

/** The room's jobs by their names; each bears being run twice. */
export function notaryJobs(needs: NotaryNeeds): Readonly<Record<string, JobHandler>> {
  const room = roomOf(needs);
  return {
    'notary.finish': () => finishAll(room),
    'notary.bulk': ({ id }, { signal }) => workThrough(room, String(id), signal),
  };
}

/** When the clock adds the room's jobs. */
export const notaryCron: readonly CronJob[] = [{ job: 'notary.finish', match: '* * * * *' }];

function roomOf({ db, ...needs }: NotaryNeeds): Room {
  return { faults: () => {}, ...needs, store: notaryStore(db) };
}

/** The room on a store. */
export function notaryOf(room: Room): Notary {
  return {
    record: (actor, record, once) => notarise(room, actor, record, once),
    records: (actor, query) => records(room, actor, query),
    find: (actor, id) => find(room, actor, id),
    change: (actor, about) => change(room, actor, about),
    decide: (actor, about) => decide(room, actor, about),
    erase: (actor, about) => erase(room, actor, about),
    inbox: (actor, page) => inbox(room, actor, page),
    receipt: (actor, id) => receipt(room, actor, id),
    statement: (actor, about) => statement(room, actor, about),
    proof: (actor, about) => proof(room, actor, about),
    certificate: (actor, about) => certificate(room, actor, about),
    bulk: (actor, rows, once) => bulk(room, actor, rows, once),
    bulkView: (actor, id) => bulkView(room, actor, id),
    bulkResults: (actor, id) => bulkResults(room, actor, id),
    check: (code) => check(room, code),
    checksOf: (digest) => checksOf(room, digest),
    openLog: (actor) => openLog(room, actor),
  };
}
