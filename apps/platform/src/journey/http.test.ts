import type { ConsentDocument, ConsentId, Consents, ConsentView } from '@praya/consent/contract';
import { REFUSALS as CONSENT } from '@praya/consent/contract';
import type { Exchange } from '@praya/exchange/contract';
import { REFUSALS as EXCHANGE } from '@praya/exchange/contract';
import type { Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { ok, refuse } from '@praya/kernel/result';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bareServer } from '../testing/server.ts';
import { type ConsentStep, journeyRoutes, type Standing } from './http.ts';

const ORIGIN = 'https://city.example';
const UID = 'interaction-0001';
const COOKIES = { browser: 'hers' };
const organisation = newId('org');
const text = { en: 'Bank', 'zh-Hant': '銀行', 'zh-Hans': '银行' };
const key = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), kid: 'bank-enc-1' } as const;
const standing: Standing = { uid: UID, personId: newId('per'), consentId: newId('con') as ConsentId };
const notice = { locale: 'zh-Hant', digest: 'n'.repeat(43) };
const now = '2026-06-01T04:00:00.000Z';

const view: ConsentView = {
  id: standing.consentId,
  state: 'requested',
  recipient: { organisation, client: 'bank', name: text },
  purpose: { code: 'account-opening', text },
  services: [],
  frequency: { max: 3, per: 'total' },
  retention: 'P180D',
  requestedAt: now,
  decidedAt: null,
  expiresAt: now,
  revision: 0,
};
const document: ConsentDocument = {
  type: 'praya.consent.v1',
  id: standing.consentId,
  revision: 1,
  previous: null,
  issuer: ORIGIN,
  recipient: { organisation, client: 'bank', name: text, encryptionKey: key },
  purpose: view.purpose,
  services: [],
  frequency: view.frequency,
  retention: view.retention,
  notBefore: now,
  expiresAt: now,
  notice,
};

const ROUTES = [
  { name: 'consent', method: 'GET', payload: undefined },
  { name: 'preview', method: 'POST', payload: { service: 'persons.particulars' } },
  {
    name: 'consent/prepare',
    method: 'POST',
    payload: { optional: { 'rates.address': ['addressZh'] }, notice },
  },
  { name: 'consent/agree', method: 'POST', payload: { document, response: { id: 'credential' } } },
  { name: 'consent/refuse', method: 'POST', payload: undefined },
] as const;
type Route = (typeof ROUTES)[number];

let app: Server;
let calls: [string, unknown][];
let answers: Record<string, unknown>;

beforeEach(async () => {
  calls = [];
  answers = {
    open: ok(view),
    prepare: ok({ document, challenge: 'c'.repeat(43) }),
    agree: ok({ document, personId: standing.personId }),
    refuse: ok({ ...view, state: 'refused' }),
    preview: ok({ act: newId('act'), response: 'jws', payload: 'jwe' }),
    signIn: ok({ statement: {} }),
    where: ok(standing),
  };
  const door = (name: string) => async (about: unknown) => {
    calls.push([name, about]);
    return answers[name];
  };
  const step: ConsentStep = {
    // As the identity room does it: an interaction belongs to the browser that holds its cookie.
    standing: async (request) =>
      request.cookies['browser'] === 'hers' && (request.params as { uid: string }).uid === UID
        ? (answers['where'] as never)
        : refuse('identity.interaction-unknown'),
    finish: async (_request, _reply, evidence) => {
      calls.push(['finish', evidence]);
      return `${ORIGIN}/oidc/auth/${UID}`;
    },
    refuse: async () => {
      calls.push(['abort', undefined]);
      return 'https://bank.example/callback?error=access_denied';
    },
    requestOptions: (challenge) => ({ challenge, userVerification: 'required' }),
    signIn: async () => answers['signIn'] as never,
  };
  const consents = {
    open: door('open'),
    prepare: door('prepare'),
    agree: door('agree'),
    refuse: door('refuse'),
  };
  app = await bareServer({ origin: ORIGIN });
  journeyRoutes(app, {
    step,
    consents: consents as unknown as Consents,
    exchange: { preview: door('preview') } as unknown as Exchange,
  });
});
afterEach(() => app.close());

function send(route: Pick<Route, 'name' | 'method'> & { payload?: unknown }, change: object = {}) {
  return app.inject({
    method: route.method,
    url: `/interaction/${UID}/${route.name}`,
    cookies: COOKIES,
    headers: { origin: ORIGIN },
    ...(route.payload === undefined ? {} : { payload: route.payload as object }),
    ...change,
  });
}
const routeOf = (name: Route['name']) => ROUTES.find((route) => route.name === name) ?? ROUTES[0];

describe('the consent step', () => {
  test('shows what is asked of her', async () => {
    const response = await send(routeOf('consent'));
    expect(response.json()).toEqual(view);
    expect(calls).toEqual([['open', { id: standing.consentId, personId: standing.personId }]]);
  });

  test('asks for a preview with her own sign-in', async () => {
    const response = await send(routeOf('preview'));
    expect(response.json()).toMatchObject({ response: 'jws', payload: 'jwe' });
    const { personId, consentId } = standing;
    const about = { personId, consentId, service: 'persons.particulars', signIn: { statement: {} } };
    expect(calls).toEqual([['preview', about]]);
  });

  test('prepares a document for her choice and asks her passkey with its challenge', async () => {
    const response = await send(routeOf('consent/prepare'));
    expect(response.json()).toEqual({
      document,
      challenge: 'c'.repeat(43),
      options: { challenge: 'c'.repeat(43), userVerification: 'required' },
    });
  });

  test('agrees, and only then leads on', async () => {
    const response = await send(routeOf('consent/agree'));
    expect(response.json()).toEqual({ redirectTo: `${ORIGIN}/oidc/auth/${UID}` });
    expect(calls.map(([name]) => name)).toEqual(['agree', 'finish']);
  });

  test('refuses, and tells the bank so', async () => {
    const response = await send(routeOf('consent/refuse'));
    expect(response.json()).toEqual({ redirectTo: 'https://bank.example/callback?error=access_denied' });
    expect(calls.map(([name]) => name)).toEqual(['refuse', 'abort']);
  });
});

describe.each(ROUTES)('$method …/$name', (route) => {
  test('in another browser is as unknown as an interaction that is not there', async () => {
    for (const change of [{ cookies: {} }, { cookies: { browser: 'another' } }]) {
      const response = await send(route, change);
      expect(response.statusCode).toBe(404);
      expect(response.json()).toMatchObject({ code: 'identity.interaction-unknown' });
    }
    expect(calls).toEqual([]);
  });

  test('of another interaction than the cookie’s is not answered', async () => {
    const response = await send(route, { url: `/interaction/interaction-0002/${route.name}` });
    expect(response.json()).toMatchObject({ code: 'identity.interaction-unknown' });
    expect(calls).toEqual([]);
  });

  test('before she signed in is the wrong step', async () => {
    answers['where'] = refuse('identity.interaction-step');
    const response = await send(route);
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: 'identity.interaction-step' });
    expect(calls).toEqual([]);
  });

  test('with an id of another shape is refused before anybody is asked', async () => {
    for (const uid of ['short', 'x'.repeat(65), 'with%20space1', '%2e%2e%2finteraction'])
      expect((await send(route, { url: `/interaction/${uid}/${route.name}` })).statusCode).toBe(400);
    expect(calls).toEqual([]);
  });

  test('from another site is refused', async () => {
    const response = await send(route, { headers: { origin: 'https://evil.example' } });
    expect(response.statusCode).toBe(route.method === 'GET' ? 200 : 403);
    expect(calls.length > 0).toBe(route.method === 'GET');
  });
});

const VERBS = [
  ['consent', 'open', CONSENT],
  ['preview', 'signIn', { 'identity.challenge-expired': 400 }],
  ['preview', 'preview', EXCHANGE],
  ['consent/prepare', 'prepare', CONSENT],
  ['consent/agree', 'agree', CONSENT],
  ['consent/refuse', 'refuse', CONSENT],
] as const;
const refusals = VERBS.flatMap(([name, verb, codes]) =>
  Object.entries(codes).map(([code, status]) => ({ name, verb, code, status })),
);

test.each(refusals)('…/$name answers $code of $verb with $status and leads nowhere', async (about) => {
  answers[about.verb] = refuse(about.code);
  const response = await send(routeOf(about.name));
  expect(response.statusCode).toBe(about.status);
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(response.json()).toMatchObject({ code: about.code, status: about.status });
  expect(response.json().title).not.toBe(about.code);
  expect(calls.some(([name]) => name === 'finish' || name === 'abort')).toBe(false);
});

test.each([
  ['preview', {}],
  ['preview', { service: 'x'.repeat(101) }],
  ['preview', { service: 'persons.particulars', signIn: { statement: {} } }],
  ['preview', { service: 'persons.particulars', personId: newId('per') }],
  ['consent/prepare', { optional: {} }],
  ['consent/prepare', { optional: {}, notice: { locale: 'fr', digest: 'n'.repeat(43) } }],
  ['consent/prepare', { optional: {}, notice: { locale: 'en', digest: 'n' } }],
  ['consent/prepare', { optional: { 'rates.address': Array(41).fill('addressEn') }, notice }],
  ['consent/prepare', { optional: {}, notice, id: newId('con') }],
  ['consent/agree', { response: {} }],
  ['consent/agree', { document: { ...document, type: 'praya.consent.v2' }, response: {} }],
  ['consent/agree', { document, response: {}, personId: newId('per') }],
] as const)('…/%s refuses the body %j', async (name, payload) => {
  const response = await send({ ...routeOf(name), payload });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ code: 'request.invalid' });
  expect(calls).toEqual([]);
});
