import type { Database } from '@praya/kernel/database';
import type { CronJob, JobHandler } from '@praya/kernel/jobs';
import { ok, refuse } from '@praya/kernel/result';
import type { Exchange } from './contract.ts';
import { abandon, receipt } from './service/acts.ts';
import { declare } from './service/declare.ts';
import { preview } from './service/preview.ts';
import { recordConsent } from './service/record-consent.ts';
import { request } from './service/request.ts';
import { type Limits, type Room, usualLimits } from './service/room.ts';
import { exchangeStore } from './store.ts';

export type ExchangeNeeds = Omit<Room, 'store' | 'limits'> & {
  readonly db: Database;
  readonly limits?: Partial<Limits>;
};

/** The room on its database. */
export function createExchange({ db, limits, ...needs }: ExchangeNeeds): Exchange {
  return exchangeOf({ ...needs, limits: { ...usualLimits, ...limits }, store: exchangeStore(db) });
}

/** The room's jobs by their names; each bears being run twice. */
export function exchangeJobs(needs: {
  readonly db: Database;
  readonly now: Room['now'];
}): Readonly<Record<string, JobHandler>> {
  return { 'exchange.abandon': () => abandon({ now: needs.now, store: exchangeStore(needs.db) }) };
}

/** When the clock adds the room's jobs. */
export const exchangeCron: readonly CronJob[] = [{ job: 'exchange.abandon', match: '* * * * *' }];

/** The room on a store. */
export function exchangeOf(room: Room): Exchange {
  return {
    request: (about) => request(room, about),
    preview: (about) => preview(room, about),
    declare: (declaration) => declare(room, declaration),
    services: (page) => room.store.services(page),
    service: async (id) => {
      const [found] = await room.store.servicesById([id]);
      return found === undefined ? refuse('exchange.service-unknown') : ok(found);
    },
    servicesById: (ids) => room.store.servicesById(ids),
    actsOf: (page) => room.store.actsOf(page),
    receipt: (about) => receipt(room, about),
    recordConsent: (about) => recordConsent(room, about),
  };
}
