import type { Organisation } from '@praya/directory/contract';
import type { Office, Principal } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { ok, refuse } from '@praya/kernel/result';
import { afterEach, describe, expect, test } from 'vitest';
import { bareServer } from '../testing/server.ts';
import { cookieName, sessionRoutes } from './http.ts';
import type { Sessions } from './sessions.ts';

const HTTPS = 'https://city.example';
const HTTP = 'http://localhost:8080';
const NAME = { en: 'Rates Office', 'zh-Hant': '差餉署', 'zh-Hans': '差饷署' };

type Told = { begun: object[]; finished: object[]; ended: string[]; signedOut: number };

let app: Server;
let told: Told;
afterEach(() => app.close());

async function serve(
  about: {
    origin?: string;
    principal?: Principal;
    fails?: 'refused' | 'throws';
    demonstration?: boolean;
  } = {},
): Promise<void> {
  const { origin = HTTPS, principal = { kind: 'anonymous' } as const, demonstration = false } = about;
  told = { begun: [], finished: [], ended: [], signedOut: 0 };
  const sessions: Sessions = {
    begin: async (asked) => {
      told.begun.push(asked);
      return new URL(`${origin}/oidc/auth?request_uri=urn:1`);
    },
    finish: async (asked) => {
      told.finished.push({ ...asked, url: asked.url.href });
      if (about.fails === 'throws') throw new Error('invalid_grant');
      if (about.fails === 'refused') return undefined;
      return { token: 't'.repeat(43), seconds: 3600, returnTo: '/data' };
    },
    find: async () => undefined,
    end: async (token) => {
      told.ended.push(token);
    },
    forgetExpired: async () => undefined,
  };
  app = await bareServer({ origin, authenticate: async () => principal });
  sessionRoutes(app, {
    sessions,
    origin,
    demonstration,
    directory: {
      organisation: async (id) =>
        String(id) === 'org_1'
          ? ok({ name: NAME } as Organisation)
          : refuse('directory.organisation-unknown'),
    },
    signOut: async () => {
      told.signedOut += 1;
    },
  });
}

function cookieOf(headers: Record<string, unknown>, name: string): string | undefined {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map(String)
    .find((line) => line.startsWith(`${name}=`));
}

describe('a cookie', () => {
  test('under https is bound to this host, to secure transport and to no script', async () => {
    await serve();
    const { headers } = await app.inject('/session/callback?state=s&code=c');
    const line = cookieOf(headers, '__Host-praya_session');
    expect(line?.split('; ').slice(1).sort()).toEqual([
      'HttpOnly',
      'Max-Age=3600',
      'Path=/',
      'SameSite=Lax',
      'Secure',
    ]);
  });

  test('names no domain, which `__Host-` would forbid', async () => {
    await serve();
    for (const url of ['/session/sign-in', '/session/callback?state=s&code=c'])
      expect(String((await app.inject(url)).headers['set-cookie'])).not.toMatch(/domain/i);
  });

  test('under http, for a demonstration, is hidden from scripts all the same', async () => {
    await serve({ origin: HTTP });
    const line = cookieOf((await app.inject('/session/callback?state=s&code=c')).headers, 'praya_session');
    expect(line).toContain('HttpOnly');
    expect(line).toContain('SameSite=Lax');
    expect(line).not.toContain('Secure');
  });
});

describe('a sign-in', () => {
  test('leads to the authorisation server and leaves a secret with the browser', async () => {
    await serve();
    const { statusCode, headers } = await app.inject('/session/sign-in?returnTo=/activity');
    expect(statusCode).toBe(302);
    expect(headers.location).toBe(`${HTTPS}/oidc/auth?request_uri=urn:1`);
    const line = cookieOf(headers, '__Host-praya_sign_in');
    const browser = /=([\w-]{43});/.exec(line ?? '')?.[1];
    expect(line).toContain('HttpOnly');
    expect(told.begun).toEqual([{ returnTo: '/activity', language: 'en', browser }]);
  });

  test('keeps the secret that the browser has, so that two tabs can sign in', async () => {
    await serve();
    const secret = 'b'.repeat(43);
    const cookies = { [cookieName(HTTPS, 'sign_in')]: secret };
    await app.inject({ url: '/session/sign-in', cookies });
    await app.inject({ url: '/session/callback?state=s&code=c', cookies });
    expect(told.begun).toMatchObject([{ browser: secret }]);
    expect(told.finished).toMatchObject([{ browser: secret }]);
  });

  test('takes no secret of another shape from a cookie', async () => {
    await serve();
    const cookies = { [cookieName(HTTPS, 'sign_in')]: 'short' };
    await app.inject({ url: '/session/sign-in', cookies });
    expect(told.begun).not.toMatchObject([{ browser: 'short' }]);
  });

  test('speaks her language', async () => {
    await serve();
    await app.inject({ url: '/session/sign-in', headers: { 'accept-language': 'zh-HK' } });
    expect(told.begun).toMatchObject([{ language: 'zh-Hant' }]);
  });

  test('refuses a path that is too long', async () => {
    await serve();
    const { statusCode } = await app.inject(`/session/sign-in?returnTo=/${'a'.repeat(500)}`);
    expect(statusCode).toBe(400);
  });

  test('comes back with a session and a new token', async () => {
    await serve();
    const { statusCode, headers } = await app.inject('/session/callback?state=s&code=c');
    expect(statusCode).toBe(302);
    expect(headers.location).toBe('/data');
    expect(told.finished).toEqual([{ url: `${HTTPS}/session/callback?state=s&code=c`, browser: '' }]);
  });

  test('ends the session that the browser had before, whoever gave it to the browser', async () => {
    await serve();
    const cookies = { [cookieName(HTTPS)]: 'planted' };
    const { headers } = await app.inject({ url: '/session/callback?state=s&code=c', cookies });
    expect(told.ended).toEqual(['planted']);
    expect(cookieOf(headers, '__Host-praya_session')).not.toContain('planted');
  });

  test.each(['refused', 'throws'] as const)(
    'that is %s sets no session and leads to a page',
    async (fails) => {
      await serve({ fails });
      const cookies = { [cookieName(HTTPS)]: 'before' };
      const { statusCode, headers } = await app.inject({ url: '/session/callback?state=s&code=c', cookies });
      expect(statusCode).toBe(302);
      expect(headers.location).toBe('/error?code=session.sign-in-failed');
      expect(headers['set-cookie']).toBeUndefined();
      expect(told.ended).toEqual([]);
    },
  );

  test('is of our origin whatever host the request names', async () => {
    await serve();
    await app.inject({ url: '/session/callback?state=s', headers: { host: 'evil.example' } });
    expect(told.finished).toMatchObject([{ url: `${HTTPS}/session/callback?state=s` }]);
  });
});

describe('signing out', () => {
  const cookies = { [cookieName(HTTPS)]: 'token' };
  const signOut = { method: 'POST', url: '/session/sign-out' } as const;

  test('ends the session here and at the authorisation server, and removes the cookie', async () => {
    await serve();
    const { headers, ...response } = await app.inject({ ...signOut, cookies, headers: { origin: HTTPS } });
    expect(response.json()).toEqual({ redirectTo: '/' });
    expect(told).toMatchObject({ ended: ['token'], signedOut: 1 });
    expect(cookieOf(headers, '__Host-praya_session')).toMatch(/^__Host-praya_session=; Max-Age=0;/);
  });

  test('is not done for another site', async () => {
    await serve();
    const response = await app.inject({ ...signOut, cookies, headers: { origin: 'https://evil.example' } });
    expect(response.json()).toMatchObject({ code: 'request.cross-site' });
    expect(told.ended).toEqual([]);
  });

  test('needs a session', async () => {
    await serve();
    const response = await app.inject(signOut);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: 'request.not-signed-in' });
  });
});

describe('who is signed in', () => {
  const person = (offices: readonly Office[]): Principal => ({
    kind: 'person',
    personId: 'per_1',
    sessionId: 'ses_1',
    offices,
  });

  test('is nobody for a stranger, and for a client', async () => {
    for (const principal of [
      { kind: 'anonymous' },
      { kind: 'client', clientId: 'bank', organisationId: 'org_1' },
    ] satisfies Principal[]) {
      await serve({ principal });
      expect((await app.inject('/session')).json()).toEqual({ person: null, demonstration: false });
      await app.close();
    }
  });

  test('is a person with the offices of organisations that are known', async () => {
    const offices = ['org_1', 'org_gone'].map((organisationId) => ({
      organisationId,
      roles: ['counter.registrar'],
    }));
    await serve({ principal: person(offices), demonstration: true });
    expect((await app.inject('/session')).json()).toEqual({
      person: {
        id: 'per_1',
        offices: [{ organisationId: 'org_1', name: NAME, roles: ['counter.registrar'] }],
      },
      demonstration: true,
    });
  });
});
