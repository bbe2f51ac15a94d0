import { fakeKeyring } from '@praya/kernel/keyring/fake';
import { expectValue } from '@praya/kernel/result';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeSuite } from './contract-suite.ts';
import { createExchange, exchangeJobs } from './service.ts';
import { CLIENT, createWorld, ISSUER, type World } from './test-world.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(['exchange']);
});
afterAll(() => database[Symbol.asyncDispose]());

function exchangeIn(world: World, limits: { connectorTimeoutMs?: number } = {}) {
  const { directory, consents, ledger, clock, fetch } = world;
  const db = database.open('exchange');
  const signer = fakeKeyring({ now: clock });
  return createExchange({
    db,
    directory,
    consents,
    ledger,
    signer,
    issuer: ISSUER,
    now: clock,
    fetch,
    limits,
  });
}

describe('the room', () => {
  exchangeSuite(async (world) => {
    await database.open('exchange')`truncate services, declarations`;
    return exchangeIn(world);
  });
});

async function ask(world: World, exchange: ReturnType<typeof exchangeIn>) {
  await database.open('exchange')`truncate services, declarations`;
  await world.offer(exchange);
  const { document } = await world.give();
  const request = await world.ask(document.id);
  return exchange.request({ clientId: CLIENT, consentIds: [document.id], request });
}

test('a connector that takes too long is not waited for', async () => {
  const world = createWorld();
  const slow: typeof fetch = (_url, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  const exchange = exchangeIn({ ...world, fetch: slow }, { connectorTimeoutMs: 50 });
  expect(await ask(world, exchange)).toMatchObject({ refusal: { code: 'exchange.connector-late' } });
});

describe('a process that dies between the relay and the ledger', () => {
  test('leaves an act that is never done, and that ends as abandoned', async () => {
    const world = createWorld();
    const exchange = exchangeIn({
      ...world,
      ledger: { ...world.ledger, append: () => new Promise(() => {}) },
    });
    // Nobody ever answers, as if the process were gone.
    void ask(world, exchange);
    const pending = async () => (await exchange.actsOf({ personId: world.alice, limit: 1 }))[0];
    await expect.poll(pending).toMatchObject({ outcome: 'pending' });
    const { 'exchange.abandon': abandon } = exchangeJobs({ db: database.open('exchange'), now: world.clock });
    await abandon?.({}, {} as never);
    expect(await pending()).toMatchObject({ outcome: 'pending' });
    world.clock.advance(61_000);
    await abandon?.({}, {} as never);
    expect(await pending()).toMatchObject({ outcome: 'failed', code: 'exchange.abandoned' });
  });

  test('cannot acknowledge it later', async () => {
    const world = createWorld();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { append } = world.ledger;
    const ledger = { ...world.ledger, append: (entry: Uint8Array) => held.then(() => append(entry)) };
    const exchange = exchangeIn({ ...world, ledger });
    const outcome = ask(world, exchange);
    const pending = async () => (await exchange.actsOf({ personId: world.alice, limit: 1 }))[0];
    await expect.poll(pending).toMatchObject({ outcome: 'pending' });
    world.clock.advance(61_000);
    const { 'exchange.abandon': abandon } = exchangeJobs({ db: database.open('exchange'), now: world.clock });
    await abandon?.({}, {} as never);
    release();
    expect(await outcome).toMatchObject({ refusal: { code: 'exchange.abandoned' } });
  });
});

test('the database itself keeps no act as done without salt and proof', async () => {
  const world = createWorld();
  const exchange = exchangeIn(world);
  const { act } = expectValue(await ask(world, exchange));
  const db = database.open('exchange');
  await expect(db`update acts set salt = null where id = ${act}`).rejects.toMatchObject({ code: '23514' });
  await expect(db`update acts set log_proof = null where id = ${act}`).rejects.toMatchObject({
    code: '23514',
  });
});

test('nothing that the room keeps holds a payload', async () => {
  const world = createWorld();
  const exchange = exchangeIn(world);
  expectValue(await ask(world, exchange));
  const db = database.open('exchange');
  const rows = await db`select acts::text as kept from acts union all select texts::text from texts`;
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some(({ kept }) => String(kept).includes('ciphertext'))).toBe(false);
});
