import { signJws } from '@praya/kernel/jws';
import { silentLog } from '@praya/kernel/log';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createConnectorApp } from './app.ts';
import { type Bent, exchangeBody } from './testing/calls.ts';
import { newTestAnchor, newTestKey } from './testing/keys.ts';
import { createWorld, type World } from './testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const send = async (bent: Bent = {}) =>
  world.post('/praya/v1/exchanges', await exchangeBody(world.city, world.passkey, bent));
const codeOf = async (bent: Bent = {}) => (await send(bent)).body['code'];

function listedKey(kid: string) {
  const { list } = world.city;
  const all = [...list.issuerKeys, ...list.organisations.flatMap(({ keys }) => keys)];
  const key = all.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new Error(`${kid} is not listed`);
  return key;
}

describe('a key that was revoked', () => {
  test.each([
    ['gateway-1', 'relay-signature'],
    ['consent-1', 'consent-signature'],
    ['bankSign-1', 'key-revoked'],
    ['bankSeal-1', 'encryption-key'],
    ['registerSign-1', 'subject-signature'],
  ])('%s counts no more once the list says so', async (kid, code) => {
    const key = listedKey(kid);
    key.revokedAt = world.city.clock().toISOString();
    world.city.publish();
    expect(await codeOf()).toBe(`connector.${code}`);
    key.revokedAt = null;
    world.city.publish();
    expect((await send()).status).toBe(200);
  });

  test('still proves what it signed before, where the signed thing says when', async () => {
    const key = listedKey('consent-1');
    const before = world.city.clock().toISOString();
    const body = await exchangeBody(world.city, world.passkey);
    world.city.clock.advance(5_000);
    key.revokedAt = world.city.clock().toISOString();
    world.city.publish();
    expect(Date.parse(before)).toBeLessThan(Date.parse(key.revokedAt));
    expect((await world.post('/praya/v1/exchanges', body)).status).toBe(200);
    key.revokedAt = null;
    world.city.publish();
  });
});

test('a new key of the bank counts from its first second, beside the old one', async () => {
  const next = newTestKey('bankSign-2');
  const [bank] = world.city.list.organisations;
  const validFrom = new Date(world.city.clock().getTime() + 60_000).toISOString();
  bank?.keys.push({ ...listedKey('bankSign-1'), kid: next.kid, jwk: next.publicJwk, validFrom });
  world.city.publish();
  expect(await codeOf({ requestKey: next })).toBe('connector.key-revoked');
  world.city.clock.advance(60_000);
  expect((await send({ requestKey: next })).status).toBe(200);
  expect((await send()).status).toBe(200);
});

test('what is sealed to a former key of ours is still opened, and we sign with the key that counts', async () => {
  const old = newTestKey('registerSeal-0');
  const { keys } = world.config;
  (keys.encryption as unknown[]).push({ kid: old.kid, privateKey: old.privateKey });
  (keys.signing as unknown[]).unshift(newTestKey('registerSign-9').signer);
  const answer = await send({ subjectSealedTo: old });
  (keys.signing as unknown[]).shift();
  expect(answer.status).toBe(200);
  const [header = ''] = String(answer.body['response']).split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'registerSign-1' });
});

describe('the trust list', () => {
  test('of a smaller sequence number is not taken', async () => {
    const { list } = world.city;
    const before = list.sequence;
    const key = listedKey('bankSign-1');
    list.sequence = before - 2;
    key.revokedAt = world.city.clock().toISOString();
    world.city.clock.advance(21_000);
    expect((await send()).status).toBe(200);
    key.revokedAt = null;
    list.sequence = before;
    world.city.publish();
  });

  test('of a smaller sequence number is not taken after a restart either', async () => {
    const { list } = world.city;
    const before = list.sequence;
    const key = listedKey('bankSign-1');
    list.sequence = 0;
    key.revokedAt = world.city.clock().toISOString();
    const { clock: now, fetch } = world.city;
    const again = await createConnectorApp(world.config, { log: silentLog(), now, fetch });
    const payload = await exchangeBody(world.city, world.passkey);
    const answer = await again.server.inject({ method: 'POST', url: '/praya/v1/exchanges', payload });
    expect(answer.statusCode).toBe(200);
    await again.stop();
    key.revokedAt = null;
    list.sequence = before;
    world.city.publish();
  });

  test.each([
    ['by another anchor', newTestAnchor('anchor-1').signer, 'praya-trust-list+jws'],
    ['of another type', undefined, 'secevent+jwt'],
  ])('%s is not taken', async (_name, signer, typ) => {
    const { city } = world;
    const payload = { ...city.list, type: 'praya.trust-list.v1', organisations: [], sequence: 9999 };
    city.outage = new Response(await signJws(signer ?? city.anchor.signer, { typ, payload }));
    city.clock.advance(21_000);
    expect((await send()).status).toBe(200);
    city.outage = null;
  });

  test('serves on while the platform is away, until its time is over', async () => {
    const { city } = world;
    city.list.validUntil = new Date(city.clock().getTime() + 100_000).toISOString();
    city.publish();
    expect((await send()).status).toBe(200);
    city.outage = 'unreachable';
    city.clock.advance(60_000);
    expect((await send()).status).toBe(200);
    city.clock.advance(60_000);
    const answer = await send();
    expect(answer.body['code']).toBe('connector.trust-list-expired');
    expect(answer.status).toBe(503);
    city.outage = null;
  });
});

test('without any trust list nothing is answered', async () => {
  await world.database.open('connector')`delete from praya_connector.trust_list`;
  const { clock: now } = world.city;
  const fetch = () => Promise.reject(new TypeError('fetch failed'));
  const alone = await createConnectorApp(world.config, { log: silentLog(), now, fetch });
  const payload = await exchangeBody(world.city, world.passkey);
  const answer = await alone.server.inject({ method: 'POST', url: '/praya/v1/exchanges', payload });
  expect(answer.json().code).toBe('connector.trust-list-unavailable');
  await alone.stop();
});
