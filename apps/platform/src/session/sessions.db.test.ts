import { join } from 'node:path';
import type { DatabasePool } from '@praya/kernel/database';
import { type FixedClock, type FreshDatabase, fixedClock, freshDatabase } from '@praya/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PortalClient } from './relying-party.ts';
import { createSessions, type Sessions, secret } from './sessions.ts';

const ALICE = 'per_alice';
const MINUTE_MS = 60_000;

let database: FreshDatabase;
let db: DatabasePool;
let clock: FixedClock;
let sessions: Sessions;
let finished: Parameters<PortalClient['finish']>[0][];
let browser: string;

beforeAll(async () => {
  database = await freshDatabase([
    { name: 'platform', directory: join(import.meta.dirname, 'migrations'), keyring: true },
  ]);
  db = database.open('platform');
});
afterAll(() => database[Symbol.asyncDispose]());

beforeEach(() => {
  clock = fixedClock('2026-06-01T04:00:00.000Z');
  finished = [];
  browser = secret();
  const client: PortalClient = {
    begin: async ({ state }) => new URL(`https://praya.test/oidc/auth?state=${state}`),
    finish: async (about) => {
      finished.push(about);
      return ALICE;
    },
  };
  sessions = createSessions({ db, now: clock, client });
});

async function begun(returnTo = '/data'): Promise<URL> {
  const url = await sessions.begin({ returnTo, language: 'en', browser });
  return new URL(`https://praya.test/session/callback?code=c&state=${url.searchParams.get('state')}`);
}

async function signedIn(): Promise<string> {
  const outcome = await sessions.finish({ url: await begun(), browser });
  expect(outcome).toBeDefined();
  return outcome?.token ?? '';
}

describe('a sign-in', () => {
  test('comes back to where it began, with the nonce and the verifier of its beginning', async () => {
    const outcome = await sessions.finish({ url: await begun('/activity'), browser });
    expect(outcome).toMatchObject({ returnTo: '/activity', seconds: 3600 });
    expect(finished[0]?.nonce).toMatch(/^[\w-]{43}$/);
    expect(finished[0]?.codeVerifier).toMatch(/^[\w-]{43}$/);
    expect(finished[0]?.nonce).not.toBe(finished[0]?.codeVerifier);
  });

  test('comes back home where it was asked to leave us', async () => {
    const outcome = await sessions.finish({ url: await begun('//evil.example'), browser });
    expect(outcome?.returnTo).toBe('/');
  });

  test('is finished once, also when eight answers arrive at once', async () => {
    const url = await begun();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => sessions.finish({ url, browser })));
    expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(1);
    expect(finished).toHaveLength(1);
  });

  test('is not finished in another browser, and still waits for its own', async () => {
    const url = await begun();
    expect(await sessions.finish({ url, browser: secret() })).toBeUndefined();
    expect(await sessions.finish({ url, browser: '' })).toBeUndefined();
    expect(finished).toEqual([]);
    expect(await sessions.finish({ url, browser })).toBeDefined();
  });

  test('of one browser may stand beside another of the same', async () => {
    const [first, second] = [await begun('/data'), await begun('/activity')];
    expect((await sessions.finish({ url: second, browser }))?.returnTo).toBe('/activity');
    expect((await sessions.finish({ url: first, browser }))?.returnTo).toBe('/data');
  });

  test('that nobody began is not finished', async () => {
    for (const query of ['', '?state=', '?state=forged&code=c', '?code=c'])
      expect(
        await sessions.finish({ url: new URL(`https://praya.test/session/callback${query}`), browser }),
      ).toBeUndefined();
    expect(finished).toEqual([]);
  });

  test('ends after eighteen minutes', async () => {
    const url = await begun();
    clock.advance(18 * MINUTE_MS);
    expect(await sessions.finish({ url, browser })).toBeUndefined();
  });

  test('that the authorisation server refuses is spent', async () => {
    const url = await begun();
    const refusing = createSessions({
      db,
      now: clock,
      client: {
        begin: async () => url,
        finish: () => Promise.reject(new Error('access_denied')),
      },
    });
    await expect(refusing.finish({ url, browser })).rejects.toThrow('access_denied');
    expect(await sessions.finish({ url, browser })).toBeUndefined();
  });
});

describe('a session', () => {
  test('has a new token at every sign-in, and each is her', async () => {
    const [first, second] = [await signedIn(), await signedIn()];
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(first).not.toBe(second);
    expect(await sessions.find(first)).toMatchObject({ personId: ALICE });
    expect((await sessions.find(first))?.id).not.toBe((await sessions.find(second))?.id);
  });

  test('is nobody’s under a token that was not given out', async () => {
    await signedIn();
    for (const token of [undefined, '', secret()]) expect(await sessions.find(token)).toBeUndefined();
  });

  test('ends after an hour', async () => {
    const token = await signedIn();
    clock.advance(60 * MINUTE_MS - 1);
    expect(await sessions.find(token)).toBeDefined();
    clock.advance(1);
    expect(await sessions.find(token)).toBeUndefined();
  });

  test('that was ended stays ended, and another of hers goes on', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    await sessions.end(one);
    await sessions.end(one);
    expect(await sessions.find(one)).toBeUndefined();
    expect(await sessions.find(other)).toBeDefined();
  });

  test('is kept without its token, and so is the secret of a sign-in', async () => {
    const token = await signedIn();
    const url = await begun();
    const rows =
      await db`select sessions::text as kept from sessions union all select sign_ins::text from sign_ins`;
    const kept = rows.map((row) => String(row['kept'])).join('\n');
    for (const hidden of [token, browser, url.searchParams.get('state') ?? '']) {
      expect(kept).not.toContain(hidden);
      expect(kept).not.toContain(Buffer.from(hidden).toString('hex'));
    }
  });

  test('is forgotten when it is over, and a sign-in too', async () => {
    await db`truncate sessions, sign_ins`;
    await signedIn();
    await begun();
    await sessions.forgetExpired();
    const count = async () => {
      const [row] = await db`
        select (select count(*) from sessions)::int + (select count(*) from sign_ins)::int as rows`;
      return row?.['rows'];
    };
    expect(await count()).toBe(2);
    clock.advance(61 * MINUTE_MS);
    await sessions.forgetExpired();
    expect(await count()).toBe(0);
  });
});
