import type { Directory } from '@praya/directory/contract';
import { person } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { ok, refuse } from '@praya/kernel/result';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authentication } from './authentication.ts';
import { cookieName } from './session/http.ts';
import { bareServer } from './testing/server.ts';

type CheckAccess = Parameters<typeof authentication>[0]['rooms']['identity']['checkAccess'];
type Asked = Parameters<CheckAccess>[0];
type Offices = Awaited<ReturnType<Directory['officesOf']>>;

const ORIGIN = 'https://city.example';
const COOKIES = { [cookieName(ORIGIN)]: 'her-token' };
const GRANT = {
  clientId: 'bank',
  organisationId: 'org_bank',
  scope: 'openid',
  program: false,
  consentIds: ['con_1'],
} as const;
const CHALLENGE = { 'dpop-nonce': 'next', 'www-authenticate': 'DPoP error="use_dpop_nonce"' };

let app: Server;
let asked: Asked[];
let access: Awaited<ReturnType<CheckAccess>>['result'];

beforeEach(async () => {
  asked = [];
  access = ok(GRANT);
  const offices = [{ organisationId: 'org_1', roles: ['counter.registrar'] }];
  const { authenticate, consentIdsOf } = authentication({
    config: { origin: ORIGIN },
    rooms: {
      identity: {
        checkAccess: async (request: Asked) => {
          asked.push(request);
          return { result: access, headers: access.ok ? { 'dpop-nonce': 'next' } : CHALLENGE };
        },
      },
      directory: { officesOf: async () => offices as unknown as Offices },
    },
    sessions: {
      find: async (token) => (token === 'her-token' ? { id: 'ses_1', personId: 'per_1' } : undefined),
    },
  });
  app = await bareServer({ origin: ORIGIN, authenticate });
  const config = { policy: { name: 'everyone', allows: () => true } };
  app.get('/who', { config }, async (request) => ({
    ...request.principal,
    consentIds: consentIdsOf(request),
  }));
  app.get('/mine', { config: { policy: person } }, async () => ({}));
});
afterEach(() => app.close());

const who = async (about: { cookies?: Record<string, string>; headers?: Record<string, string> } = {}) =>
  (await app.inject({ url: '/who?secret=1', ...about })).json();

describe('a caller', () => {
  test('with nothing is anonymous', async () => {
    expect(await who()).toEqual({ kind: 'anonymous', consentIds: [] });
  });

  test('with the session cookie is a person, with her offices', async () => {
    expect(await who({ cookies: COOKIES })).toMatchObject({
      kind: 'person',
      personId: 'per_1',
      sessionId: 'ses_1',
      offices: [{ organisationId: 'org_1' }],
    });
  });

  test.each([
    ['that nobody gave out', { [cookieName(ORIGIN)]: 'forged' }],
    ['of an installation without https', { praya_session: 'her-token' }],
  ])('with a cookie %s is anonymous', async (_name, cookies) => {
    expect(await who({ cookies })).toMatchObject({ kind: 'anonymous' });
  });

  test.each(['DPoP', 'dpop', 'DPOP'])('with the scheme %s and a token is a client', async (scheme) => {
    const headers = { authorization: `${scheme} token`, dpop: 'proof' };
    expect(await who({ headers })).toEqual({
      kind: 'client',
      clientId: 'bank',
      organisationId: 'org_bank',
      consentIds: ['con_1'],
    });
    expect(asked).toEqual([
      { method: 'GET', url: `${ORIGIN}/who`, authorization: headers.authorization, proof: 'proof' },
    ]);
  });

  test('with a program’s own token is a client of that scope', async () => {
    access = ok({ ...GRANT, scope: 'notary', program: true, consentIds: [] });
    const headers = { authorization: 'DPoP token', dpop: 'proof' };
    expect(await who({ headers })).toMatchObject({ kind: 'client', clientId: 'bank', scope: 'notary' });
  });

  test.each(['Bearer token', 'Basic dXNlcjpwYXNz', 'DPoP', 'DPoPtoken', 'Negotiate x'])(
    'with the authorisation “%s” is nobody by it, and is not asked about',
    async (authorization) => {
      expect(await who({ headers: { authorization } })).toMatchObject({ kind: 'anonymous' });
      expect(asked).toEqual([]);
    },
  );

  test('with a token that does not count is not the person of the cookie beside it', async () => {
    access = refuse('identity.token-invalid');
    const headers = { authorization: 'DPoP token', dpop: 'proof' };
    expect(await who({ cookies: COOKIES, headers })).toEqual({ kind: 'anonymous', consentIds: [] });
  });

  test('of two requests keeps apart what each may do', async () => {
    const headers = { authorization: 'DPoP token', dpop: 'proof' };
    const [client, stranger] = await Promise.all([who({ headers }), who()]);
    expect(client.consentIds).toEqual(['con_1']);
    expect(stranger.consentIds).toEqual([]);
  });
});

describe('an answer to a client', () => {
  const headers = { authorization: 'DPoP token', dpop: 'proof' };

  test('carries the next nonce', async () => {
    const response = await app.inject({ url: '/who', headers });
    expect(response.headers['dpop-nonce']).toBe('next');
  });

  test('that is refused is a 401 with the challenge and the nonce to try again with', async () => {
    access = refuse('identity.dpop-invalid', { rule: 'nonce' });
    const response = await app.inject({ url: '/mine', headers });
    expect(response.statusCode).toBe(401);
    expect(response.headers).toMatchObject(CHALLENGE);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  test('that may not call a route of persons is a 403', async () => {
    const response = await app.inject({ url: '/mine', headers });
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ code: 'request.not-allowed' });
  });
});
