import { expectValue } from '@praya/kernel/result';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notary } from './contract.ts';
import { notarySuite } from './contract-suite.ts';
import { createNotary, type NotaryNeeds, notaryJobs } from './service.ts';
import { aFile, createWorld, digestOf, given, NOW, ORIGIN, type World } from './test-world.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(['notary']);
});
afterAll(() => database[Symbol.asyncDispose]());

const attempt = { jobId: '1', attempt: 1, maxAttempts: 25, signal: new AbortController().signal };

function needsOf(world: World): NotaryNeeds & { db: ReturnType<FreshDatabase['open']> } {
  const { directory, ledger, signer, clock } = world;
  return { db: database.open('notary', 3), directory, ledger, signer, now: clock, origin: ORIGIN };
}

async function emptied(world: World) {
  const needs = needsOf(world);
  await needs.db`truncate records, statements, actions, repetitions, bulks, bulk_rows, own_logs`;
  return needs;
}

// The queue is another room's matter: here a bulk's job runs as soon as it is taken.
function working(needs: NotaryNeeds): Notary {
  const notary = createNotary(needs);
  const jobs = notaryJobs(needs);
  return {
    ...notary,
    bulk: async (...about) => {
      const taken = await notary.bulk(...about);
      if (taken.ok) await jobs['notary.bulk']?.({ id: taken.value.id }, attempt);
      return taken;
    },
  };
}

describe('the room', () => {
  notarySuite(async (world) => working(await emptied(world)));
});

test('what was erased is nowhere in the database any more', async () => {
  const world = await createWorld();
  const needs = await emptied(world);
  const notary = createNotary(needs);
  const about = { title: 'Needle-title', holder: 'Needle-holder', reference: 'Needle-reference' };
  const manifest = [{ path: 'Needle-path', size: 1, digest: digestOf('needle') }];
  const { id } = await given(notary, world.works, { ...about, kind: 'folder', digest: null, manifest });
  const change = { to: 'suspended' as const, reason: 'Needle-reason' };
  expectValue(await notary.change(world.works, { id, change }));
  const said = await needs.db`select statement, digest from statements where record = ${id}`;
  expectValue(await notary.erase(world.works, { id, erasure: { reason: 'Court order' } }));
  const kept = await Promise.all([needs.db`select * from records`, needs.db`select * from statements`]);
  const text = JSON.stringify(kept, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  expect(text).not.toMatch(/Needle/);
  for (const { digest } of said) expect(text).not.toContain(digest);
  const left = await needs.db`select statement, entry, origin from statements where record = ${id}`;
  expect(left).toHaveLength(2);
  expect(
    left.every(({ statement, entry, origin }) => statement === null && entry !== null && origin !== null),
  ).toBe(true);
});

test('the trail says who of the office did what, when and why', async () => {
  const world = await createWorld();
  const needs = await emptied(world);
  const notary = createNotary(needs);
  const { id } = await given(notary, world.works);
  expectValue(await notary.change(world.program, { id, change: { to: 'suspended', reason: 'Late fee' } }));
  expectValue(await notary.erase(world.otherOfWorks, { id, erasure: { reason: 'Court order' } }));
  const trail = await needs.db`select person, client, action, subject, reason, at from actions order by id`;
  const line = { subject: id, at: new Date(NOW), person: null, client: null, reason: null };
  expect([...trail]).toEqual([
    { ...line, action: 'notarise', ...world.works.by },
    { ...line, action: 'suspend', ...world.program.by, reason: 'Late fee' },
    { ...line, action: 'erase', ...world.otherOfWorks.by, reason: 'Court order' },
  ]);
});

test('a record that the ledger did not take is finished by the job, once it has been left alone', async () => {
  const world = await createWorld();
  const needs = await emptied(world);
  const notary = createNotary(needs);
  const finish = () => notaryJobs(needs)['notary.finish']?.({}, attempt);
  world.refuseWith('ledger.unavailable');
  await notary.record(world.works, aFile());
  world.refuseWith(null);
  await finish();
  expect(world.entries()).toHaveLength(0);
  world.clock.advance(6_000);
  await finish();
  await finish();
  expect(world.entries()).toHaveLength(1);
  expect(expectValue(await notary.records(world.works, { limit: 5 })).items).toHaveLength(1);
});

test('the job fails while the ledger is away, so that the queue tries again', async () => {
  const world = await createWorld();
  const needs = await emptied(world);
  world.refuseWith('ledger.unavailable');
  await createNotary(needs).record(world.works, aFile());
  world.clock.advance(6_000);
  await expect(notaryJobs(needs)['notary.finish']?.({}, attempt)).rejects.toThrow('ledger.unavailable');
});

test('a bulk worked through by two processes at once notarises nothing twice', async () => {
  const world = await createWorld();
  const needs = await emptied(world);
  const notary = createNotary(needs);
  const rows = Array.from({ length: 1_200 }, (_, n) =>
    aFile({ title: `Permit ${n}`, digest: digestOf(`p ${n}`) }),
  );
  const { id } = expectValue(await notary.bulk(world.works, rows));
  expect(expectValue(await notary.bulkView(world.works, id))).toMatchObject({ done: 0, state: 'running' });
  await Promise.all([1, 2].map(() => notaryJobs(needs)['notary.bulk']?.({ id }, attempt)));
  expect(expectValue(await notary.bulkView(world.works, id))).toMatchObject({ done: 1_200, state: 'done' });
  expect(world.entries()).toHaveLength(1_200);
  const [count] = await needs.db`select count(distinct (origin, index))::int as places from statements`;
  expect(count).toEqual({ places: 1_200 });
});
