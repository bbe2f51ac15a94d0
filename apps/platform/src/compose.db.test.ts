import { silentLog } from '@praya/kernel/log';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { composePlatform, type Platform } from './compose.ts';
import { readConfig } from './config.ts';
import { MIGRATIONS } from './migrations.ts';

const RESIDENTS = '/api/demonstration/residents';
const PRODUCTION = { PRAYA_ENV: 'production', PRAYA_ORIGIN: 'https://city.example' };

let database: FreshDatabase;
let platform: Platform;
beforeAll(async () => {
  database = await freshDatabase([...MIGRATIONS]);
});
afterAll(() => database[Symbol.asyncDispose]());
afterEach(() => platform.close());

async function compose(variables: Record<string, string>): Promise<void> {
  const config = readConfig({ DATABASE_URL: database.adminUrl, PRAYA_RESIDENTS: '100', ...variables });
  platform = await composePlatform(config, { masterKey: database.masterKey, log: silentLog() });
}
const get = (url: string) => platform.server.inject({ url, headers: { accept: 'application/json' } });

describe('a demonstration', () => {
  test('hands out its residents and says what it is', async () => {
    await compose({});
    expect((await get('/session')).json()).toEqual({ person: null, demonstration: true });
    const { items } = (await get(RESIDENTS)).json();
    expect(items).toHaveLength(29);
    expect(items[0]).toMatchObject({ index: 0, passkey: { privateKey: { kty: 'EC', crv: 'P-256' } } });
  });

  test('that is switched off hands out nobody', async () => {
    await compose({ PRAYA_DEMONSTRATION: 'off' });
    expect((await get(RESIDENTS)).statusCode).toBe(404);
    expect((await get('/session')).json()).toMatchObject({ demonstration: false });
  });
});

describe('production', () => {
  test('has no route that hands out residents, in no spelling and by no method', async () => {
    await compose(PRODUCTION);
    expect(platform.server.hasRoute({ method: 'GET', url: RESIDENTS })).toBe(false);
    expect(platform.server.printRoutes({ commonPrefix: false })).not.toContain('demonstration');
    for (const url of [RESIDENTS, `${RESIDENTS}/`, RESIDENTS.toUpperCase(), `/${RESIDENTS}`])
      expect((await get(url)).statusCode).toBe(404);
    const { statusCode } = await platform.server.inject({ method: 'POST', url: RESIDENTS });
    expect(statusCode).toBe(404);
  });

  test('says that it is no demonstration, whatever a browser sends', async () => {
    await compose(PRODUCTION);
    const headers = { host: 'localhost:8080', 'x-forwarded-host': 'localhost', cookie: 'demonstration=on' };
    const response = await platform.server.inject({ url: '/session', headers });
    expect(response.json()).toEqual({ person: null, demonstration: false });
  });

  test('does not describe the route to developers either', async () => {
    await compose(PRODUCTION);
    expect((await get('/openapi.json')).body).not.toContain('demonstration/residents');
  });

  test('insists on https in the browser', async () => {
    await compose(PRODUCTION);
    const { headers } = await get('/session');
    expect(headers['strict-transport-security']).toContain('max-age=31536000');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
});
