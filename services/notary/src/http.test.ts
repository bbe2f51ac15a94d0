import { fileURLToPath } from 'node:url';
import type { Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { silentLog } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { ok, refuse } from '@praya/kernel/result';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Actor, type Notary, REFUSALS } from './contract.ts';
import { createFakeNotary } from './fake.ts';
import { notaryRoutes } from './http.ts';
import { aFile, createWorld, digestOf, given, ORIGIN, type World } from './test-world.ts';

const messages = loadMessages([fileURLToPath(new URL('./messages', import.meta.url))]);
const id = newId('ntr');
const bulk = newId('ntb');
const CHECKS_PER_MINUTE = 40;
const notaries = ['notary', 'program'];
const everybody = ['anonymous', 'person', 'administrator', 'client', 'notary', 'program'];
const json = { 'content-type': 'application/json' };
const routes = [
  { method: 'POST', url: '/notary/v1/records', payload: aFile(), allowed: notaries },
  { method: 'GET', url: '/notary/v1/records', allowed: notaries },
  { method: 'GET', url: `/notary/v1/records/${id}`, allowed: notaries },
  { method: 'GET', url: '/notary/v1/inbox', allowed: notaries },
  {
    method: 'POST',
    url: `/notary/v1/records/${id}/state`,
    payload: { to: 'revoked', reason: 'x' },
    allowed: notaries,
  },
  {
    method: 'POST',
    url: `/notary/v1/records/${id}/decision`,
    payload: { decision: 'approve' },
    allowed: notaries,
  },
  { method: 'POST', url: `/notary/v1/records/${id}/erase`, payload: { reason: 'x' }, allowed: notaries },
  { method: 'GET', url: `/notary/v1/records/${id}/receipt`, allowed: notaries },
  { method: 'GET', url: `/notary/v1/records/${id}/statement.cose`, allowed: notaries },
  { method: 'GET', url: `/notary/v1/records/${id}/proof.txt`, allowed: notaries },
  { method: 'GET', url: `/notary/v1/records/${id}/certificate.pdf`, allowed: notaries },
  { method: 'POST', url: '/notary/v1/bulk', payload: { items: [{}] }, allowed: notaries },
  { method: 'GET', url: `/notary/v1/bulk/${bulk}`, allowed: notaries },
  { method: 'GET', url: `/notary/v1/bulk/${bulk}/results.csv`, allowed: notaries },
  { method: 'POST', url: '/notary/v1/log', allowed: notaries },
  { method: 'GET', url: '/notary/v1/checks/nothing', allowed: everybody },
  { method: 'GET', url: `/notary/v1/checks?digest=${digestOf('x')}`, allowed: everybody },
] as const;

let world: World;
let behind: Notary;
let caller: Principal;
let address = 0;
let app: Server;

beforeAll(async () => {
  app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages,
    refusals: REFUSALS,
    origin: ORIGIN,
    title: 'Test',
    authenticate: async () => caller,
    checks: {},
    requestsPerMinute: 100_000,
  });
  const notary = new Proxy({} as Notary, { get: (_target, name) => Reflect.get(behind, name) });
  notaryRoutes(app, { notary, checksPerMinute: CHECKS_PER_MINUTE });
});
afterAll(() => app.close());

beforeEach(async () => {
  world = await createWorld();
  const { directory, ledger, signer, clock } = world;
  behind = createFakeNotary({ directory, ledger, signer, now: clock, origin: ORIGIN });
  callAs('notary');
  address += 1;
});

function callAs(role: string): void {
  const person = { kind: 'person', personId: newId('per'), sessionId: 'ses_1' } as const;
  const office = (actor: Actor, ...roles: string[]) => ({ organisationId: actor.organisation, roles });
  const client = {
    kind: 'client',
    clientId: 'works-programs',
    organisationId: world.works.organisation,
  } as const;
  const principals: Record<string, Principal> = {
    person: { ...person, offices: [] },
    administrator: { ...person, offices: [office(world.works, 'administrator')] },
    notary: { ...person, offices: [office(world.works, 'notary'), office(world.harbour, 'administrator')] },
    both: { ...person, offices: [office(world.works, 'notary'), office(world.harbour, 'notary')] },
    client,
    program: { ...client, scope: 'notary' },
  };
  caller = principals[role] ?? { kind: 'anonymous' };
}

type Sent = {
  method: 'GET' | 'POST';
  url: string;
  payload?: string | object;
  headers?: Record<string, string>;
};
const send = (sent: Sent) => app.inject({ ...sent, remoteAddress: `10.0.0.${address}` });
const post = (url: string, payload: string | object, headers: Record<string, string> = json) =>
  send({ method: 'POST', url: `/notary/v1/${url}`, payload, headers });

const every = routes.flatMap((route) => everybody.map((role) => ({ role, ...route })));

test.each(every)('$method $url as $role is answered as its policy says', async (about) => {
  const { role, allowed, ...sent } = about;
  callAs(role);
  const response = await send(sent);
  const type = String(response.headers['content-type']);
  const code = type.includes('problem') ? response.json().code : '';
  const stopped = ['request.not-signed-in', 'request.not-allowed'].includes(code);
  expect(stopped).toBe(!(allowed as readonly string[]).includes(role));
  if (stopped) expect(response.statusCode).toBe(role === 'anonymous' ? 401 : 403);
});

test.each(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[])(
  '%s has its status and a sentence',
  async (code) => {
    behind = { ...behind, find: async () => refuse(code) };
    const headers = { 'accept-language': 'zh-CN' };
    const response = await send({ method: 'GET', url: `/notary/v1/records/${id}`, headers });
    expect(response.statusCode).toBe(REFUSALS[code]);
    expect(response.json()).toMatchObject({ code, title: messages['zh-Hans'][code] });
  },
);

describe('an officer', () => {
  test('of one organisation acts for it, and for no other', async () => {
    const made = await post('records', aFile());
    expect(made.json()).toMatchObject({ organisation: world.works.organisation });
    const other = await post(`records?organisation=${world.harbour.organisation}`, aFile());
    expect(other.json()).toMatchObject({ code: 'notary.not-your-organisation' });
  });

  test('of several says for which', async () => {
    callAs('both');
    expect((await post('records', aFile())).json()).toMatchObject({
      code: 'notary.organisation-needed',
      errors: [{ field: 'organisation' }],
    });
    const made = await post(`records?organisation=${world.harbour.organisation}`, aFile());
    expect(made.json()).toMatchObject({ organisation: world.harbour.organisation });
  });
});

describe('an Idempotency-Key', () => {
  const sent = (key: string, title = 'x') =>
    post('records', aFile({ title }), { ...json, 'idempotency-key': key });

  test('makes a repetition answer with the same record', async () => {
    const [one, other] = [await sent('a'), await sent('a')];
    expect([one.statusCode, other.statusCode]).toEqual([201, 201]);
    expect(other.json().id).toBe(one.json().id);
  });

  test('with another body is refused', async () => {
    await sent('a');
    expect((await sent('a', 'y')).json()).toMatchObject({ code: 'notary.key-reused' });
  });

  test.each(['', ' ', 'ä', 'x'.repeat(256)])('“%s” is refused', async (key) => {
    expect((await sent(key)).statusCode).toBe(400);
  });
});

describe('a list', () => {
  const csv = { 'content-type': 'text/csv; charset=utf-8' };

  test('comes as CSV or as JSON', async () => {
    const rows = await post('bulk', 'kind,title\nlicence,一\nlicence,二\n', csv);
    expect([rows.statusCode, rows.json().total]).toEqual([202, 2]);
    const view = await send({ method: 'GET', url: `/notary/v1/bulk/${rows.json().id}` });
    expect(view.json()).toMatchObject({ done: 2, state: 'done' });
    const items = await post('bulk', { items: [aFile()] });
    expect([items.statusCode, items.json().total]).toEqual([202, 1]);
  });

  test('that is not UTF-8, or no list, is refused', async () => {
    const latin = app.inject({
      method: 'POST',
      url: '/notary/v1/bulk',
      headers: csv,
      payload: Buffer.from('kind,title\nfile,\xe9\n', 'latin1'),
    });
    expect((await latin).json()).toMatchObject({ code: 'request.not-utf8' });
    expect((await post('bulk', 'kind\nfile\n', csv)).json()).toMatchObject({
      code: 'notary.bulk-malformed',
      errors: [{ field: 'title', rule: 'required' }],
    });
    expect((await post('bulk', { items: [] })).json()).toMatchObject({ code: 'request.invalid' });
  });
});

describe('a check', () => {
  test('is limited for each address, and says so like any other refusal', async () => {
    const check = () => send({ method: 'GET', url: '/notary/v1/checks/nothing' });
    const answers = [];
    for (let n = 0; n <= CHECKS_PER_MINUTE; n++) answers.push((await check()).statusCode);
    expect(answers.slice(0, -1).every((status) => status === 404)).toBe(true);
    const last = await check();
    expect(last.statusCode).toBe(429);
    expect(last.json()).toMatchObject({ code: 'request.too-many' });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('of codes that are none and that nobody has is answered byte for byte alike', async () => {
    const answers = await Promise.all(
      ['0'.repeat(26), 'nothing', '%20', 'x'.repeat(60)].map((code) =>
        send({ method: 'GET', url: `/notary/v1/checks/${code}` }),
      ),
    );
    const said = answers.map((answer) => ({ ...answer.json(), instance: '' }));
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
  });
});

test('files come under their names and types', async () => {
  const record = await given(behind, world.works);
  const get = (file: string) => send({ method: 'GET', url: `/notary/v1/records/${record.id}/${file}` });
  const types = {
    'proof.txt': 'text/plain; charset=utf-8',
    'statement.cose': 'application/cose; cose-type="cose-sign1"',
  };
  for (const [file, type] of Object.entries(types)) {
    const answer = await get(file);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="ntr_/);
  }
  behind = { ...behind, certificate: async (_actor, about) => ok(Buffer.from(about.language)) };
  const asked = async (path: string, language: string) =>
    (
      await send({
        method: 'GET',
        url: `/notary/v1/records/${record.id}/${path}`,
        headers: { 'accept-language': language },
      })
    ).body;
  expect(await asked('certificate.pdf', 'zh-HK')).toBe('zh-Hant');
  expect(await asked('certificate.pdf?language=en', 'zh-HK')).toBe('en');
});
