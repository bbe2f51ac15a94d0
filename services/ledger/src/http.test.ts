import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { REFUSALS } from './contract.ts';
import { commitmentOf } from './contract-suite.ts';
import { createFakeLedger } from './fake.ts';
import { ledgerRoutes } from './http.ts';

const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
const office = { organisationId: 'org_1', roles: ['administrator'] };
const callers: [string, Principal][] = [
  ['nobody', { kind: 'anonymous' }],
  ['a resident', { kind: 'person', personId: 'per_1', sessionId: 'ses_1', offices: [] }],
  ['an officer', { kind: 'person', personId: 'per_1', sessionId: 'ses_1', offices: [office] }],
  ['a client', { kind: 'client', clientId: 'bank', organisationId: 'org_2' }],
];
const servers: Server[] = [];
const ledger = createFakeLedger();

beforeAll(async () => {
  for (let n = 0; n < 258; n += 1) await ledger.append(commitmentOf(n));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(caller: Principal = { kind: 'anonymous' }): Promise<Server> {
  const app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages,
    refusals: REFUSALS,
    origin: 'https://praya.test',
    title: 'Test',
    authenticate: async () => caller,
    checks: {},
  });
  servers.push(app);
  ledgerRoutes(app, { ledger });
  return app;
}

test.each(callers)('%s may read the whole log', async (_name, caller) => {
  const app = await serve(caller);
  for (const url of [
    '/log/checkpoint',
    '/log/tile/0/000',
    '/ledger/v1/proofs/3',
    '/ledger/v1/consistency?from=1&to=5',
  ])
    expect((await app.inject(url)).statusCode, url).toBe(200);
});

test('the checkpoint is text that is asked for anew each time', async () => {
  const app = await serve();
  const { headers, body } = await app.inject('/log/checkpoint');
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' });
  expect(body).toBe(await ledger.checkpoint());
});

test('a full tile may be kept for ever, a partial one for a day', async () => {
  const app = await serve();
  const full = await app.inject('/log/tile/0/000');
  const partial = await app.inject('/log/tile/entries/001.p/2');
  expect(full.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(full.rawPayload.length).toBe(8192);
  expect(partial.headers['cache-control']).toBe('public, max-age=86400');
  expect(partial.rawPayload.length).toBe(68);
});

test('a proof is of the size asked for, and of the latest when none is', async () => {
  const app = await serve();
  const latest = await ledger.proofOf(3);
  const earlier = await ledger.proofOf(3, 9);
  expect((await app.inject('/ledger/v1/proofs/3')).json()).toEqual(latest.ok && latest.value);
  expect((await app.inject('/ledger/v1/proofs/3?size=9')).json()).toEqual(earlier.ok && earlier.value);
});

describe('refused', () => {
  test.each([
    ['/log/tile/0/002', 404, 'ledger.tile-unknown'],
    ['/log/tile/0/001', 404, 'ledger.tile-unknown'],
    ['/log/tile/0/%30%30%30', 404, 'ledger.tile-unknown'],
    ['/log/tile//0/000', 404, 'ledger.tile-unknown'],
    ['/log/tile/0/000/', 404, 'ledger.tile-unknown'],
    ['/log/tile/', 404, 'ledger.tile-unknown'],
    ['/ledger/v1/proofs/258', 404, 'ledger.index-out-of-range'],
    ['/ledger/v1/proofs/3?size=3', 404, 'ledger.index-out-of-range'],
    ['/ledger/v1/proofs/3?size=259', 400, 'ledger.size-out-of-range'],
    ['/ledger/v1/proofs/-1', 400, 'request.invalid'],
    ['/ledger/v1/proofs/1.5', 400, 'request.invalid'],
    ['/ledger/v1/proofs/x', 400, 'request.invalid'],
    ['/ledger/v1/proofs/1e300', 400, 'request.invalid'],
    ['/ledger/v1/consistency?from=0&to=5', 400, 'ledger.size-out-of-range'],
    ['/ledger/v1/consistency?from=6&to=5', 400, 'ledger.size-out-of-range'],
    ['/ledger/v1/consistency?from=1&to=259', 400, 'ledger.size-out-of-range'],
    ['/ledger/v1/consistency?from=1', 400, 'request.invalid'],
  ])('%s', async (url, status, code) => {
    const app = await serve();
    const response = await app.inject(url);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });
});

test('every refusal has a sentence in every language', () => {
  for (const language of ['en', 'zh-Hant', 'zh-Hans'] as const)
    expect(Object.keys(messages[language]).sort()).toEqual(Object.keys(REFUSALS).sort());
});
