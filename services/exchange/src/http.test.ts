import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { expectValue, refuse } from '@praya/kernel/result';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Exchange, REFUSALS } from './contract.ts';
import { createFakeExchange } from './fake.ts';
import { exchangeRoutes } from './http.ts';
import { CLIENT, createWorld, ISSUER, type World } from './test-world.ts';

const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
const act = newId('act');
const declaration = 'x'.repeat(30);
const jose = { 'content-type': 'application/jose' };
const persons = ['person', 'officer'];
const everybody = ['anonymous', 'person', 'officer', 'client'];
const routes = [
  { method: 'GET', url: '/api/acts', allowed: persons },
  { method: 'GET', url: `/api/consents/${newId('con')}/acts`, allowed: persons },
  { method: 'GET', url: `/api/acts/${act}/receipt`, allowed: persons },
  {
    method: 'POST',
    url: '/exchange/v1/requests',
    payload: { request: 'x'.repeat(30) },
    headers: {},
    allowed: ['client'],
  },
  { method: 'GET', url: `/exchange/v1/acts/${act}/receipt`, allowed: ['client'] },
  { method: 'GET', url: '/exchange/v1/services', allowed: everybody },
  { method: 'GET', url: '/exchange/v1/services/no.such', allowed: everybody },
  {
    method: 'POST',
    url: '/exchange/v1/declarations',
    payload: declaration,
    headers: jose,
    allowed: everybody,
  },
] as const;

let world: World;
let exchange: Exchange;
let behind: Exchange;
let caller: Principal;
let consentIds: readonly string[];
let app: Server;

// One server for all tests: who calls, and what answers behind the routes, is set before each.
beforeAll(async () => {
  app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages,
    refusals: REFUSALS,
    origin: ISSUER,
    title: 'Test',
    authenticate: async () => caller,
    checks: {},
  });
  const door = new Proxy({} as Exchange, { get: (_target, name) => Reflect.get(behind, name) });
  exchangeRoutes(app, { exchange: door, consentIdsOf: () => consentIds });
});
afterAll(() => app.close());

beforeEach(() => {
  world = createWorld();
  const { directory, consents, ledger, clock, fetch } = world;
  exchange = createFakeExchange({ directory, consents, ledger, now: clock, issuer: ISSUER, fetch });
  consentIds = [];
  callAs('anonymous');
});

function callAs(role: string, door: Exchange = exchange): void {
  const person = { kind: 'person', personId: world.alice, sessionId: 'ses_1', offices: [] } as const;
  const principals: Record<string, Principal> = {
    anonymous: { kind: 'anonymous' },
    person,
    other: { ...person, personId: world.bob },
    officer: { ...person, offices: [{ organisationId: world.persons.id, roles: ['administrator'] }] },
    client: { kind: 'client', clientId: CLIENT, organisationId: world.bank.id },
    competitor: { kind: 'client', clientId: 'other-bank', organisationId: 'org_x' },
  };
  caller = principals[role] ?? { kind: 'anonymous' };
  behind = door;
}

const every = routes.flatMap((route) => everybody.map((role) => ({ role, ...route })));

test.each(every)('$method $url as $role is answered as its policy says', async (about) => {
  const { role, allowed, ...call } = about;
  callAs(role);
  const response = await app.inject(call);
  const code = response.statusCode === 200 ? '' : response.json().code;
  const stopped = ['request.not-signed-in', 'request.not-allowed'].includes(code);
  expect(stopped).toBe(!(allowed as readonly string[]).includes(role));
  if (stopped) expect(response.statusCode).toBe(role === 'anonymous' ? 401 : 403);
});

const refusable = routes.filter(({ url }) => !/\/(acts|services)$/.test(url));
const refusing = Object.keys(REFUSALS).flatMap((code) => refusable.map((route) => ({ code, ...route })));

test.each(refusing)('$method $url answers $code with its status and a sentence', async (about) => {
  const { code, allowed, ...call } = about;
  const refused = async () => refuse(code as keyof typeof REFUSALS);
  const door = { request: refused, receipt: refused, service: refused, declare: refused };
  callAs(allowed[0], door as unknown as Exchange);
  const headers = { 'accept-language': 'zh-CN', ...('headers' in call ? call.headers : {}) };
  const response = await app.inject({ ...call, headers });
  expect(response.statusCode).toBe(REFUSALS[code as keyof typeof REFUSALS]);
  expect(response.headers['content-type']).toContain('application/problem+json');
  expect(response.json()).toMatchObject({ code, title: messages['zh-Hans'][code] });
});

async function exchanged() {
  await world.offer(exchange);
  const { document } = await world.give();
  consentIds = [document.id];
  callAs('client');
  const payload = { request: await world.ask(document.id) };
  return { document, response: await app.inject({ method: 'POST', url: '/exchange/v1/requests', payload }) };
}

describe('a client', () => {
  test('asks once and has the answer, its receipt, and the receipt again', async () => {
    const { response } = await exchanged();
    expect(response.statusCode).toBe(200);
    const { act: id, receipt } = response.json();
    const again = await app.inject(`/exchange/v1/acts/${id}/receipt`);
    expect(again.json()).toEqual(receipt);
    callAs('competitor');
    expect((await app.inject(`/exchange/v1/acts/${id}/receipt`)).statusCode).toBe(404);
  });

  test('whose token stands for no consent is refused', async () => {
    await world.offer(exchange);
    const { document } = await world.give();
    callAs('client');
    const payload = { request: await world.ask(document.id) };
    const response = await app.inject({ method: 'POST', url: '/exchange/v1/requests', payload });
    expect(response.json()).toMatchObject({ code: 'exchange.token-not-for-consent', status: 403 });
  });

  test.each([
    ['nothing', {}],
    ['a member too many', { request: 'x'.repeat(30), more: 1 }],
    ['a book', { request: 'x'.repeat(8001) }],
  ])('cannot send %s', async (_name, payload) => {
    callAs('client');
    const response = await app.inject({ method: 'POST', url: '/exchange/v1/requests', payload });
    expect(response.json()).toMatchObject({ code: 'request.invalid' });
  });
});

describe('a resident', () => {
  test('sees each act, of all her consents or of one, with its receipt', async () => {
    const { document, response } = await exchanged();
    const { act: id, receipt } = response.json();
    callAs('person');
    const view = { id, kind: 'exchange', consentId: document.id, outcome: 'done', code: null };
    for (const url of ['/api/acts', `/api/consents/${document.id}/acts`]) {
      expect((await app.inject(url)).json()).toMatchObject({ items: [view], next: null });
    }
    expect((await app.inject(`/api/acts/${id}/receipt`)).json()).toEqual(receipt);
  });

  test('turns the pages of her acts', async () => {
    await exchanged();
    world.clock.advance(1000);
    await exchanged();
    callAs('person');
    const first = (await app.inject('/api/acts?limit=1')).json();
    const second = (await app.inject(`/api/acts?limit=1&after=${first.next}`)).json();
    expect(first.items[0].id > second.items[0].id).toBe(true);
    expect((await app.inject(`/api/acts?limit=1&after=${second.next}`)).json()).toEqual({
      items: [],
      next: null,
    });
  });

  test('finds nothing of another', async () => {
    const { document, response } = await exchanged();
    callAs('other');
    expect((await app.inject(`/api/acts/${response.json().act}/receipt`)).statusCode).toBe(404);
    expect((await app.inject('/api/acts')).json().items).toEqual([]);
    expect((await app.inject(`/api/consents/${document.id}/acts`)).json().items).toEqual([]);
  });
});

describe('the catalogue', () => {
  const declare = async (payload: string) =>
    app.inject({ method: 'POST', url: '/exchange/v1/declarations', payload, headers: jose });

  test('takes a signed declaration and offers it to everybody', async () => {
    const declared = await declare(await world.declaration());
    expect(declared.statusCode).toBe(200);
    const { items } = declared.json();
    expect((await app.inject('/exchange/v1/services?search=繁')).json()).toEqual({ items, next: null });
    expect((await app.inject('/exchange/v1/services/persons.identity')).json()).toEqual(items[0]);
  });

  test('takes a declaration only as application/jose', async () => {
    const payload = { declaration: await world.declaration() };
    const response = await app.inject({ method: 'POST', url: '/exchange/v1/declarations', payload });
    expect(response.statusCode).toBe(400);
  });

  test('keeps no declaration that was refused', async () => {
    await declare(await world.declaration({}, world.signer('rates-sig')));
    expect(await exchange.services({ limit: 5 })).toEqual([]);
  });
});

test('a refused request names neither the person nor what was asked', async () => {
  await world.offer(exchange);
  const { document } = await world.give();
  expectValue(await world.consents.change({ id: document.id, by: { personId: world.alice }, to: 'revoked' }));
  consentIds = [document.id];
  callAs('client');
  const payload = { request: await world.ask(document.id) };
  const response = await app.inject({ method: 'POST', url: '/exchange/v1/requests', payload });
  expect(response.body).not.toContain(world.alice);
  expect(response.body).not.toContain('persons.identity');
});
