import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { refuse } from '@praya/kernel/result';
import { encodeEntries } from '@praya/tlog/entry-bundle';
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
  ['a client', { kind: 'client', clientId: 'works-programs', organisationId: 'org_2', scope: 'notary' }],
];
const servers: Server[] = [];
const ledger = createFakeLedger({ host: 'log.test' });
const FILES = '/log/evidence/2026h2';
const API = '/ledger/v1/logs/evidence/2026h2';
const ORIGIN = 'log.test/log/evidence/2026h2';

beforeAll(async () => {
  for (let n = 0; n < 258; n += 1) await ledger.append(commitmentOf(n));
  await ledger.open('lands', 'org_2');
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
  ledgerRoutes(app, { ledger, host: 'log.test' });
  return app;
}

test.each(callers)('%s may read the whole log', async (_name, caller) => {
  const app = await serve(caller);
  for (const url of [
    `${FILES}/checkpoint`,
    `${FILES}/tile/0/000`,
    `${API}/proofs/3`,
    `${API}/consistency?from=1&to=5`,
    `${API}/checkpoints`,
    '/ledger/v1/logs',
    '/ledger/v1/log-keys',
  ])
    expect((await app.inject(url)).statusCode, url).toBe(200);
});

test('the checkpoint is text that is asked for anew each time', async () => {
  const app = await serve();
  const { headers, body } = await app.inject(`${FILES}/checkpoint`);
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' });
  expect({ ok: true, value: body }).toEqual(await ledger.checkpoint(ORIGIN));
});

test('a full tile may be kept for ever, a partial one for a day', async () => {
  const app = await serve();
  const full = await app.inject(`${FILES}/tile/0/000`);
  const partial = await app.inject(`${FILES}/tile/entries/001.p/2`);
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
  const latest = await ledger.proofOf({ origin: ORIGIN, index: 3 });
  const earlier = await ledger.proofOf({ origin: ORIGIN, index: 3 }, 9);
  expect((await app.inject(`${API}/proofs/3`)).json()).toEqual(latest.ok && latest.value);
  expect((await app.inject(`${API}/proofs/3?size=9`)).json()).toEqual(earlier.ok && earlier.value);
});

describe('refused', () => {
  test.each([
    [`${FILES}/tile/0/002`, 404, 'ledger.tile-unknown'],
    [`${FILES}/tile/0/001`, 404, 'ledger.tile-unknown'],
    [`${FILES}/tile/0/%30%30%30`, 404, 'ledger.tile-unknown'],
    [`${FILES}/tile//0/000`, 404, 'ledger.tile-unknown'],
    [`${FILES}/tile/0/000/`, 404, 'ledger.tile-unknown'],
    [`${FILES}/tile/`, 404, 'ledger.tile-unknown'],
    [`${API}/proofs/258`, 404, 'ledger.index-out-of-range'],
    [`${API}/proofs/3?size=3`, 404, 'ledger.index-out-of-range'],
    [`${API}/proofs/3?size=259`, 400, 'ledger.size-out-of-range'],
    [`${API}/proofs/-1`, 400, 'request.invalid'],
    [`${API}/proofs/1.5`, 400, 'request.invalid'],
    [`${API}/proofs/x`, 400, 'request.invalid'],
    [`${API}/proofs/1e300`, 400, 'request.invalid'],
    ['/log/nobody/2026h2/checkpoint', 404, 'ledger.log-unknown'],
    ['/log/lands/2026h2/checkpoint', 404, 'ledger.checkpoint-unknown'],
    ['/log/evidence/2026h1/tile/0/000', 404, 'ledger.log-unknown'],
    ['/log/%65vidence/2026h2/tile/0/000', 404, 'ledger.tile-unknown'],
    [`${API}/checkpoints?limit=101`, 400, 'request.invalid'],
    [`${API}/consistency?from=0&to=5`, 400, 'ledger.size-out-of-range'],
    [`${API}/consistency?from=6&to=5`, 400, 'ledger.size-out-of-range'],
    [`${API}/consistency?from=1&to=259`, 400, 'ledger.size-out-of-range'],
    [`${API}/consistency?from=1`, 400, 'request.invalid'],
  ])('%s', async (url, status, code) => {
    const app = await serve();
    const response = await app.inject(url);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });
});

describe('a program appends', () => {
  const client = callers[3]?.[1] ?? { kind: 'anonymous' as const };
  const url = '/ledger/v1/logs/lands/entries';
  const bundle = { 'content-type': 'application/octet-stream' };

  test('a bundle to the log of its organisation, and the same again gets the same places', async () => {
    const app = await serve(client);
    const payload = Buffer.from(encodeEntries([1, 2, 3].map(commitmentOf)));
    const answer = await app.inject({ method: 'POST', url, headers: bundle, payload });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { origin: 'log.test/log/lands/2026h2', indices: [0, 1, 2] },
    ]);
    const entries = [3, 4].map((n) => Buffer.from(commitmentOf(n)).toString('base64'));
    const again = await app.inject({ method: 'POST', url, payload: { entries } });
    expect(again.json().indices).toEqual([2, 3]);
  });

  test('more than a log keeps in one bundle', async () => {
    const app = await serve(client);
    const payload = Buffer.from(encodeEntries(Array.from({ length: 1000 }, (_, n) => commitmentOf(n))));
    const answer = await app.inject({ method: 'POST', url, headers: bundle, payload });
    expect(answer.json().indices).toHaveLength(1000);
  });

  test.each([
    ['half a bundle', Buffer.from([0, 5, 1]), 'ledger.entries-malformed'],
    ['no bytes', Buffer.alloc(0), 'ledger.entries-malformed'],
    ['an empty entry', Buffer.from([0, 0]), 'ledger.entry-size'],
  ])('not %s', async (_what, payload, code) => {
    const app = await serve(client);
    const answer = await app.inject({ method: 'POST', url, headers: bundle, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
  });

  test.each([
    [{ entries: [] }, 400, 'request.invalid'],
    [{ entries: ['not base64!'] }, 400, 'ledger.entries-malformed'],
    [{ entries: [''] }, 400, 'ledger.entry-size'],
    [{}, 400, 'request.invalid'],
  ])('not %j', async (payload, status, code) => {
    const app = await serve(client);
    const answer = await app.inject({ method: 'POST', url, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  test('not to the log of others, and not to the platform’s', async () => {
    const app = await serve({ kind: 'client', clientId: 'x', organisationId: 'org_9', scope: 'notary' });
    const payload = { entries: ['AAAA'] };
    for (const tenant of ['lands', 'evidence']) {
      const answer = await app.inject({ method: 'POST', url: `/ledger/v1/logs/${tenant}/entries`, payload });
      expect(answer.statusCode, tenant).toBe(403);
    }
    const unknown = await app.inject({ method: 'POST', url: '/ledger/v1/logs/nobody/entries', payload });
    expect(unknown.json().code).toBe('ledger.log-unknown');
  });

  test('a queue that is full says when to come back', async () => {
    const app = await createServer({
      log: silentLog(),
      metrics: createMetrics(),
      messages,
      refusals: REFUSALS,
      origin: 'https://praya.test',
      title: 'Test',
      authenticate: async () => client,
      checks: {},
    });
    servers.push(app);
    const full = { ...ledger, sequence: async () => refuse('ledger.busy') };
    ledgerRoutes(app, { ledger: full, host: 'log.test' });
    const answer = await app.inject({ method: 'POST', url, payload: { entries: ['AAAA'] } });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
      429,
      '1',
      'ledger.busy',
    ]);
  });
});

test('every refusal has a sentence in every language', () => {
  for (const language of ['en', 'zh-Hant', 'zh-Hans'] as const)
    expect(Object.keys(messages[language]).sort()).toEqual(Object.keys(REFUSALS).sort());
});
