import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { refuse } from '@praya/kernel/result';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Consents, REFUSALS } from './contract.ts';
import { agreed, requested, type Stage } from './contract-suite.ts';
import { createFakeConsents } from './fake.ts';
import { consentRoutes } from './http.ts';
import { createWorld, ISSUER } from './test-world.ts';

const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
const unknown = newId('con');
const routes = [
  { method: 'GET', url: '/api/consents', roles: ['person', 'officer'] },
  { method: 'GET', url: `/api/consents/${unknown}`, roles: ['person', 'officer'] },
  {
    method: 'POST',
    url: `/api/consents/${unknown}/state`,
    body: { to: 'paused' },
    roles: ['person', 'officer'],
  },
  { method: 'GET', url: `/api/consents/${unknown}/deliveries`, roles: ['person', 'officer'] },
  {
    method: 'POST',
    url: '/consent/v1/withdrawals',
    body: { withdrawal: 'x'.repeat(30) },
    roles: ['anonymous', 'person', 'officer', 'client'],
  },
] as const;

let stage: Stage;
let principals: Record<string, Principal>;
let caller: Principal;
let behind: Consents;
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
  const consents = new Proxy({} as Consents, { get: (_target, name) => Reflect.get(behind, name) });
  consentRoutes(app, { consents });
});
afterAll(() => app.close());

beforeEach(() => {
  const world = createWorld();
  const { directory, surroundings, clock } = world;
  const consents = createFakeConsents({ directory, surroundings, now: clock, issuer: ISSUER });
  stage = { world, consents, events: async () => [] };
  const person = { kind: 'person', personId: world.alice, sessionId: 'ses_1', offices: [] } as const;
  principals = {
    anonymous: { kind: 'anonymous' },
    person,
    other: { ...person, personId: world.bob },
    officer: { ...person, offices: [{ organisationId: world.persons.id, roles: ['administrator'] }] },
    client: { kind: 'client', clientId: 'harbour-bank', organisationId: world.bank.id },
  };
});

function serverAs(role: string, consents: Consents = stage.consents): Server {
  caller = principals[role] ?? { kind: 'anonymous' };
  behind = consents;
  return app;
}

const roles = ['anonymous', 'person', 'officer', 'client'] as const;
const every = routes.flatMap((route) => roles.map((role) => ({ role, ...route })));

test.each(every)('$method $url as $role is answered as its policy says', async (about) => {
  const { role, method, url } = about;
  const payload = 'body' in about ? { payload: about.body } : {};
  const response = await serverAs(role).inject({ method, url, ...payload });
  const stopped = ['request.not-signed-in', 'request.not-allowed'];
  const allowed = (about.roles as readonly string[]).includes(role);
  const code = response.statusCode === 200 ? '' : response.json().code;
  expect(stopped.includes(code)).toBe(!allowed);
  if (!allowed) expect(response.statusCode).toBe(role === 'anonymous' ? 401 : 403);
});

const refusing = Object.keys(REFUSALS).flatMap((code) =>
  routes.map(({ method, url }) => ({ code, method, url })),
);

test.each(refusing.filter(({ url }) => url !== '/api/consents'))(
  '$method $url answers $code with its status and a sentence',
  async ({ code, method, url }) => {
    const refused = async () => refuse(code as keyof typeof REFUSALS);
    const consents = { view: refused, change: refused, deliveries: refused, withdraw: refused };
    serverAs('person', consents as unknown as Consents);
    const payload = routes.find((route) => route.url === url && 'body' in route);
    const body = payload !== undefined && 'body' in payload ? { payload: payload.body } : {};
    const response = await app.inject({ method, url, headers: { 'accept-language': 'zh-HK' }, ...body });
    expect(response.statusCode).toBe(REFUSALS[code as keyof typeof REFUSALS]);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ code, title: messages['zh-Hant'][code] });
  },
);

describe('a resident', () => {
  test('lists her consents page by page', async () => {
    const ids = [];
    for (let count = 0; count < 3; count++) {
      stage.world.clock.advance(1000);
      ids.unshift((await agreed(stage)).document.id);
    }
    serverAs('person');
    const first = (await app.inject('/api/consents?limit=2')).json();
    expect(first.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    expect(first.next).toBe(ids[1]);
    const second = (await app.inject(`/api/consents?limit=2&after=${first.next}`)).json();
    expect(second.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
    expect(second.next).toBeNull();
  });

  test('pauses, resumes and revokes, and sees who is to be told', async () => {
    const { document } = await agreed(stage);
    serverAs('person');
    const url = `/api/consents/${document.id}`;
    for (const to of ['paused', 'active', 'revoked']) {
      const response = await app.inject({ method: 'POST', url: `${url}/state`, payload: { to } });
      expect(response.json()).toMatchObject({ id: document.id, state: to });
    }
    expect((await app.inject(url)).json()).toMatchObject({ state: 'revoked', revision: 4 });
    const { items } = (await app.inject(`${url}/deliveries`)).json();
    expect(items).toHaveLength(12);
    expect(items[0]).toEqual({
      organisation: { id: stage.world.bank.id, name: stage.world.bank.name },
      event: 'active',
      at: stage.world.clock().toISOString(),
      acknowledgedAt: null,
      attempts: 0,
    });
  });

  test.each([
    ['a state that is not hers to set', { to: 'expired' }],
    ['a member too many', { to: 'paused', more: 1 }],
    ['nothing', {}],
  ])('cannot send %s', async (_name, payload) => {
    const { document } = await agreed(stage);
    serverAs('person');
    const response = await app.inject({ method: 'POST', url: `/api/consents/${document.id}/state`, payload });
    expect(response.json()).toMatchObject({ code: 'request.invalid' });
  });

  test.each(['x', 'con_1', `con_${'0'.repeat(36)}`, '../../etc'])(
    'cannot name a consent %j',
    async (name) => {
      const response = await serverAs('person').inject(`/api/consents/${encodeURIComponent(name)}`);
      expect(response.statusCode).toBe(400);
    },
  );

  test('does not find the consent of another', async () => {
    const { document } = await agreed(stage);
    serverAs('other');
    for (const path of ['', '/deliveries']) {
      const response = await app.inject(`/api/consents/${document.id}${path}`);
      expect(response.statusCode).toBe(404);
    }
    const change = {
      method: 'POST',
      url: `/api/consents/${document.id}/state`,
      payload: { to: 'revoked' },
    } as const;
    expect((await app.inject(change)).statusCode).toBe(404);
  });

  test('is not shown the sealed subject of anything she agreed to', async () => {
    const { document } = await agreed(stage);
    const response = await serverAs('person').inject(`/api/consents/${document.id}`);
    expect(response.body).not.toContain('sealed.');
  });
});

describe('a recipient', () => {
  test('gives a consent back by its signature alone, and learns nothing more of her', async () => {
    const { document } = await agreed(stage);
    const withdrawal = await stage.world.withdrawal({ consent_id: document.id });
    serverAs('anonymous');
    const response = await app.inject({
      method: 'POST',
      url: '/consent/v1/withdrawals',
      payload: { withdrawal },
    });
    expect(response.json()).toEqual({ id: document.id, state: 'revoked' });
    const again = await app.inject({
      method: 'POST',
      url: '/consent/v1/withdrawals',
      payload: { withdrawal },
    });
    expect(again.json()).toMatchObject({ code: 'consent.withdrawal-replayed', status: 409 });
  });

  test('gives a request back before she agreed to it', async () => {
    const id = await requested(stage);
    const withdrawal = await stage.world.withdrawal({ consent_id: id });
    serverAs('anonymous');
    const response = await app.inject({
      method: 'POST',
      url: '/consent/v1/withdrawals',
      payload: { withdrawal },
    });
    expect(response.json()).toEqual({ id, state: 'revoked' });
  });
});
