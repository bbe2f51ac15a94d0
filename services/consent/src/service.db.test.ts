import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { consentSuite } from './contract-suite.ts';
import { createConsents } from './service.ts';
import { ISSUER } from './test-world.ts';

let database: FreshDatabase;
const pools: DatabasePool[] = [];
beforeAll(async () => {
  database = await freshDatabase(['consent']);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database[Symbol.asyncDispose]();
});

describe('the room', () => {
  consentSuite(async (world) => {
    const { directory, surroundings, clock } = world;
    const needs = {
      db: database.open('consent'),
      now: clock,
      directory,
      surroundings,
      issuer: ISSUER,
      signer: fakeKeyring({ now: clock }),
      events: fakeKeyring({ now: clock, kid: 'events' }),
      fetch,
    };
    const consents = createConsents(needs);
    const admin = openDatabase(database.adminUrl, { max: 1 });
    pools.push(admin);
    await admin`delete from graphile_worker._private_jobs`;
    return {
      consents,
      events: async () => {
        const rows = await admin<{ name: string }[]>`
          select j.payload->>'name' as name from graphile_worker._private_jobs j
          join graphile_worker._private_tasks t on t.id = j.task_id
          where t.identifier = 'event' order by j.id`;
        return rows.map(({ name }) => name);
      },
    };
  });
});
