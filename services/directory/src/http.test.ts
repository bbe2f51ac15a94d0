import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { refuse } from '@praya/kernel/result';
import { fixedClock } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Directory, type DirectoryRefusal, REFUSALS } from './contract.ts';
import { createFakeDirectory } from './fake.ts';
import { directoryRoutes } from './http.ts';
import { bankKey, ids, NOW, officers, organisations, payloads, purposes } from './test-city.ts';

type Caller = keyof typeof officers | 'anonymous' | 'client';
type Route = {
  method: 'GET' | 'POST';
  url: string;
  body?: object;
  status: number;
  callers: readonly Caller[] | 'all';
};

const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
const CODES = Object.keys(REFUSALS) as DirectoryRefusal[];
const CALLERS: readonly Caller[] = [
  ...(Object.keys(officers) as (keyof typeof officers)[]),
  'anonymous',
  'client',
];
const MAKERS: readonly Caller[] = ['maker', 'both', 'administrator', 'bankMaker'];
const CHECKERS: readonly Caller[] = ['checker', 'otherChecker', 'both', 'bankChecker'];
const ALL_OFFICERS = [...new Set([...MAKERS, ...CHECKERS])];
const UNKNOWN_CHANGE = ids.unknown.replace('org', 'chg');
const proposal = { kind: 'purpose.permit', organisationId: ids.bank, payload: payloads()['purpose.permit'] };

// Status: of a call by an officer of the operator who may make it.
const ROUTES: readonly Route[] = [
  { method: 'GET', url: '/directory/v1/trust-list', status: 200, callers: 'all' },
  { method: 'GET', url: '/.well-known/praya-trust-anchor', status: 200, callers: 'all' },
  { method: 'GET', url: `/directory/v1/organisations/${ids.bank}`, status: 200, callers: 'all' },
  { method: 'GET', url: '/api/directory/organisations', status: 200, callers: ALL_OFFICERS },
  { method: 'GET', url: `/api/directory/organisations/${ids.bank}`, status: 200, callers: ALL_OFFICERS },
  { method: 'GET', url: '/api/directory/purposes', status: 200, callers: ALL_OFFICERS },
  { method: 'GET', url: '/api/directory/changes', status: 200, callers: ALL_OFFICERS },
  { method: 'POST', url: '/api/directory/changes', body: proposal, status: 201, callers: MAKERS },
  {
    method: 'POST',
    url: `/api/directory/changes/${UNKNOWN_CHANGE}/decision`,
    body: { approve: true, reason: null },
    status: 404,
    callers: CHECKERS,
  },
  {
    method: 'POST',
    url: `/api/directory/changes/${UNKNOWN_CHANGE}/withdrawal`,
    body: {},
    status: 404,
    callers: MAKERS,
  },
  {
    method: 'POST',
    url: `/api/directory/organisations/${ids.bank}/keys/${bankKey.kid}/revocation`,
    body: { reason: 'lost' },
    status: 200,
    callers: ALL_OFFICERS,
  },
  {
    method: 'POST',
    url: `/api/directory/organisations/${ids.bank}/suspension`,
    body: {},
    status: 200,
    callers: ALL_OFFICERS,
  },
  {
    method: 'POST',
    url: `/api/directory/organisations/${ids.bank}/officers/${officers.bankChecker}/dismissal`,
    body: {},
    status: 204,
    callers: ALL_OFFICERS,
  },
];
const OPERATOR_ONLY = '/suspension';
// One server for all: making one takes longer than a test. Who calls, and which directory answers, changes.
let server: Server;
let principal: Principal;
let answering: Directory;

beforeAll(async () => {
  server = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages,
    refusals: REFUSALS,
    origin: 'https://praya.test',
    title: 'Test',
    authenticate: async () => principal,
    checks: {},
  });
  const directory = new Proxy({} as Directory, { get: (_, name) => Reflect.get(answering, name) });
  directoryRoutes(server, { directory });
});
afterAll(() => server.close());

function newDirectory(): Directory {
  return createFakeDirectory({ city: { organisations, purposes }, now: fixedClock(NOW) });
}

async function serve(caller: Caller, directory = newDirectory()): Promise<Server> {
  principal = await principalOf(caller);
  answering = directory;
  return server;
}

async function principalOf(caller: Caller): Promise<Principal> {
  if (caller === 'anonymous') return { kind: 'anonymous' };
  if (caller === 'client') return { kind: 'client', clientId: 'lantern-bay', organisationId: ids.bank };
  const offices = await newDirectory().officesOf(officers[caller]);
  return { kind: 'person', personId: officers[caller], sessionId: 'ses_1', offices };
}

function call(app: Server, { method, url, body }: Pick<Route, 'method' | 'url' | 'body'>) {
  return app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) });
}

describe.each(CALLERS)('%s', (caller) => {
  test.each(ROUTES)('$method $url', async (route) => {
    const response = await call(await serve(caller), route);
    const mayCall = route.callers === 'all' || route.callers.includes(caller);
    if (!mayCall) {
      const code = caller === 'anonymous' ? 'request.not-signed-in' : 'request.not-allowed';
      expect([response.statusCode, response.json().code]).toEqual([caller === 'anonymous' ? 401 : 403, code]);
    } else if (caller.startsWith('bank') && route.url.endsWith(OPERATOR_ONLY)) {
      expect(response.json().code).toBe('directory.not-your-organisation');
    } else {
      expect(response.statusCode, response.body).toBe(route.status);
    }
  });
});

describe.each(ROUTES.filter(({ method, url }) => method === 'POST' || url.includes('organisations/')))(
  '$method $url',
  (route) => {
    test('answers every refusal with its status and its sentence', async () => {
      let next: DirectoryRefusal = 'directory.role-missing';
      const directory = refusing(() => next);
      const app = await serve('both', directory);
      for (const code of CODES) {
        next = code;
        const response = await call(app, route);
        expect([response.statusCode, response.json().code]).toEqual([REFUSALS[code], code]);
        expect(response.json().title).toBe(messages.en[code]);
      }
    });
  },
);

test.each([
  ['/api/directory/organisations?limit=0', 'GET', undefined],
  ['/api/directory/organisations?limit=101', 'GET', undefined],
  ['/api/directory/organisations/org_1', 'GET', undefined],
  ['/directory/v1/organisations/..%2f', 'GET', undefined],
  ['/api/directory/changes?state=open', 'GET', undefined],
  ['/api/directory/changes', 'POST', { ...proposal, kind: 'organisation.delete' }],
  ['/api/directory/changes', 'POST', { ...proposal, madeBy: officers.checker }],
  ['/api/directory/changes', 'POST', { ...proposal, organisationId: 'org_1' }],
  [`/api/directory/changes/${UNKNOWN_CHANGE}/decision`, 'POST', { approve: 'true', reason: null }],
] as const)('%s that is not well formed is refused', async (url, method, body) => {
  const response = await call(await serve('both'), { url, method, ...(body === undefined ? {} : { body }) });
  expect([response.statusCode, response.json().code]).toEqual([400, 'request.invalid']);
});

test('a proposal is decided by another officer over the routes', async () => {
  const directory = newDirectory();
  const made = await call(await serve('maker', directory), {
    method: 'POST',
    url: '/api/directory/changes',
    body: proposal,
  });
  expect(made.json()).toMatchObject({ state: 'proposed', payload: proposal.payload, madeBy: officers.maker });
  const url = `/api/directory/changes/${made.json().id}/decision`;
  const decided = await call(await serve('checker', directory), {
    method: 'POST',
    url,
    body: { approve: true, reason: null },
  });
  expect(decided.json()).toMatchObject({ state: 'approved', decidedBy: officers.checker });
  const list = await (await serve('bankMaker', directory)).inject('/api/directory/changes?state=approved');
  expect(list.json()).toMatchObject({ items: [{ id: made.json().id }], next: null });
});

test('organisations come page by page', async () => {
  const app = await serve('maker');
  const first = (await app.inject('/api/directory/organisations?limit=2')).json();
  expect(first.items).toHaveLength(2);
  const second = (await app.inject(`/api/directory/organisations?limit=2&after=${first.next}`)).json();
  expect(second).toMatchObject({ items: [{ slug: 'persons-register' }], next: null });
  const found = (
    await app.inject(`/api/directory/organisations?search=${encodeURIComponent('灯湾')}`)
  ).json();
  expect(found).toMatchObject({ items: [{ id: ids.bank, keys: [{ kid: bankKey.kid }] }], next: null });
});

test('the trust list has a tag, and who has it is not sent it again', async () => {
  const directory = newDirectory();
  const app = await serve('anonymous', directory);
  const first = await app.inject('/directory/v1/trust-list');
  expect(first.headers['content-type']).toBe('application/jose');
  expect(first.body.split('.')).toHaveLength(3);
  const etag = String(first.headers.etag);
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await app.inject({ url: '/directory/v1/trust-list', headers: { 'if-none-match': tag } });
    expect([again.statusCode, again.body], tag).toEqual([304, '']);
  }
  await directory.suspend({ organisationId: ids.bank, by: officers.maker });
  const changed = await app.inject({ url: '/directory/v1/trust-list', headers: { 'if-none-match': etag } });
  expect(changed.statusCode).toBe(200);
});

test('the public sees an organisation’s keys and clients, not where its connector and redirects are', async () => {
  const response = await (await serve('anonymous')).inject(`/directory/v1/organisations/${ids.bank}`);
  expect(response.json()).toEqual({
    id: ids.bank,
    slug: 'lantern-bay-bank',
    kind: 'bank',
    name: { en: 'Lantern Bay Bank', 'zh-Hant': '燈灣銀行', 'zh-Hans': '灯湾银行' },
    clients: ['lantern-bay'],
    keys: [{ ...bankKey, revokedAt: null }],
    suspendedAt: null,
  });
});

test('every refusal has a sentence in every language', () => {
  for (const language of ['en', 'zh-Hant', 'zh-Hans'] as const)
    expect(Object.keys(messages[language]).sort()).toEqual([...CODES].sort());
});

function refusing(code: () => DirectoryRefusal): Directory {
  const no = async () => refuse(code());
  return {
    ...newDirectory(),
    organisation: no,
    propose: no,
    decide: no,
    withdraw: no,
    revokeKey: no,
    suspend: no,
    dismissOfficer: no,
  };
}
