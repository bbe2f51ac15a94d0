import { Type } from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog, silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { personal } from '../personal.ts';
import { everyone, officer, type Principal, person } from './policy.ts';
import { createServer, type Server } from './server.ts';

const ORIGIN = 'https://praya.test';
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverAs(principal: Principal, more: { trustProxy?: boolean } = {}): Promise<Server> {
  const app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages: {
      en: { 'request.invalid': 'Not valid' },
      'zh-Hant': { 'request.invalid': '資料不符' },
      'zh-Hans': {},
    },
    refusals: {},
    origin: ORIGIN,
    title: 'Test',
    authenticate: async () => principal,
    checks: { database: async () => undefined },
    bodyLimitBytes: 200,
    ...more,
  });
  servers.push(app);
  app.post(
    '/echo',
    {
      config: { policy: everyone },
      schema: { body: Type.Object({ count: Type.Integer({ maximum: 9 }) }, { additionalProperties: false }) },
    },
    async (request) => request.body,
  );
  app.get('/mine', { config: { policy: person } }, async () => ({ ok: true }));
  app.get('/counter', { config: { policy: officer('counter.registrar') } }, async () => ({ ok: true }));
  return app;
}

const anonymous: Principal = { kind: 'anonymous' };
const resident: Principal = { kind: 'person', personId: 'per_1', sessionId: 'ses_1', offices: [] };

describe('a route', () => {
  test('does not register without a policy', async () => {
    const app = await serverAs(anonymous);
    expect(() => app.get('/open', async () => ({}))).toThrow('names no policy');
  });

  test('that is for persons answers 401 to nobody and 200 to a person', async () => {
    expect((await (await serverAs(anonymous)).inject('/mine')).statusCode).toBe(401);
    expect((await (await serverAs(resident)).inject('/mine')).statusCode).toBe(200);
  });

  test('that is for an office answers 403 to a person without it', async () => {
    expect((await (await serverAs(resident)).inject('/counter')).statusCode).toBe(403);
  });
});

describe('a body', () => {
  test.each([
    ['of another type', '{"count":"3"}', 400, 'request.invalid'],
    ['with a field too many', '{"count":3,"more":1}', 400, 'request.invalid'],
    ['above the maximum', '{"count":10}', 400, 'request.invalid'],
    ['that is not JSON', '{"count":', 400, 'request.malformed'],
    ['that is empty', '', 400, 'request.malformed'],
    ['that reaches for the prototype', '{"__proto__":{"count":1}}', 400, 'request.malformed'],
    ['that is too large', JSON.stringify({ count: 1, pad: 'x'.repeat(300) }), 413, 'request.too-large'],
  ])('%s is refused', async (_name, payload, status, code) => {
    const app = await serverAs(anonymous);
    const response = await app.inject({
      method: 'POST',
      url: '/echo',
      payload,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json().code).toBe(code);
  });

  test('that is not UTF-8 is refused, not repaired', async () => {
    const app = await serverAs(anonymous);
    const payload = Buffer.concat([Buffer.from('{"count":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const response = await app.inject({
      method: 'POST',
      url: '/echo',
      payload,
      headers: { 'content-type': 'application/json' },
    });
    expect(response.json().code).toBe('request.not-utf8');
  });

  test.each([
    ['application/json', '{"count":"\\u0000"}'],
    ['application/json', '{"\\u0000":1}'],
    ['text/plain', 'a\0b'],
  ])('of %s with U+0000 in it is refused, since the database does not keep it', async (type, payload) => {
    const app = await serverAs(anonymous);
    const headers = { 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/echo', payload, headers });
    expect(response.statusCode).toBe(400);
    expect(response.json().code).toBe('request.malformed');
  });

  test('names the field and the rule, in the language asked for', async () => {
    const app = await serverAs(anonymous);
    const response = await app.inject({
      method: 'POST',
      url: '/echo',
      payload: { count: 10 },
      headers: { 'accept-language': 'zh-HK' },
    });
    expect(response.json()).toMatchObject({
      title: '資料不符',
      errors: [{ field: 'count', rule: 'maximum' }],
    });
  });
});

describe('a request with cookies', () => {
  test.each([
    ['from another site', { origin: 'https://evil.test' }, 403],
    ['without an origin', {}, 403],
    ['from our own pages', { origin: ORIGIN }, 200],
  ])('%s is answered %#', async (_name, headers, status) => {
    const app = await serverAs(anonymous);
    const response = await app.inject({
      method: 'POST',
      url: '/echo',
      payload: { count: 1 },
      headers: { cookie: 'session=1', ...headers },
    });
    expect(response.statusCode).toBe(status);
  });
});

test.each(['/mine/%ff', '/%zz', '/mine?after=%00', `/named/${'x'.repeat(500)}`])(
  'the address %s is refused as a problem with a request id',
  async (url) => {
    const app = await serverAs(resident);
    app.get('/named/:name', { config: { policy: everyone } }, async () => ({}));
    const response = await app.inject(url);
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.json()).toMatchObject({
      code: 'request.malformed',
      instance: `urn:praya:request:${response.headers['x-request-id']}`,
    });
  },
);

test('every answer carries a request id and the security headers', async () => {
  const response = await (await serverAs(anonymous)).inject('/health/live');
  expect(response.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  expect(response.headers['strict-transport-security']).toBeDefined();
});

test('no answer is kept by a cache, unless its route says so', async () => {
  const app = await serverAs(resident);
  app.get('/public', { config: { policy: everyone } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send({}),
  );
  const kept = async (url: string) => (await app.inject(url)).headers['cache-control'];
  expect(await kept('/mine')).toBe('no-store');
  expect(await kept('/counter')).toBe('no-store');
  expect(await kept('/nowhere')).toBe('no-store');
  expect(await kept('/public')).toBe('public, max-age=60');
});

describe('behind a proxy', () => {
  // The proxy appends the address that it saw; what stands before it, the caller wrote.
  const called = async (trustProxy: boolean) => {
    const app = await serverAs(anonymous, { trustProxy });
    app.get('/address', { config: { policy: everyone } }, async (request) => ({ address: request.ip }));
    const headers = { 'x-forwarded-for': '198.51.100.9, 203.0.113.5' };
    return (await app.inject({ url: '/address', headers })).json().address;
  };

  test('the caller is who the proxy saw, not who the caller says', async () => {
    expect(await called(true)).toBe('203.0.113.5');
  });

  test('that is not trusted the header says nothing', async () => {
    expect(await called(false)).toBe('127.0.0.1');
  });
});

test('readiness fails while something it leans on fails', async () => {
  const app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages: { en: {}, 'zh-Hant': {}, 'zh-Hans': {} },
    refusals: {},
    origin: ORIGIN,
    title: 'Test',
    authenticate: async () => anonymous,
    checks: { database: async () => Promise.reject(new Error('down')) },
  });
  servers.push(app);
  const response = await app.inject('/health/ready');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({ status: 'fail', checks: { database: 'fail' } });
});

test('/openapi.json is OpenAPI 3.1 and names the routes', async () => {
  const document = (await (await serverAs(anonymous)).inject('/openapi.json')).json();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/echo', '/mine', '/counter']));
});

test('a body is logged only where somebody looks closely, without its personal fields', async () => {
  const lines: string[] = [];
  const bodies = async (level: string) => {
    lines.length = 0;
    const app = await createServer({
      log: createLog({ service: 'test', level }, { write: (line: string) => void lines.push(line) }),
      metrics: createMetrics(),
      messages: { en: {}, 'zh-Hant': {}, 'zh-Hans': {} },
      refusals: {},
      origin: ORIGIN,
      title: 'Test',
      authenticate: async () => anonymous,
      checks: {},
    });
    servers.push(app);
    const body = Type.Object({ code: personal(Type.String()), step: Type.Integer() });
    app.post('/enrol', { config: { policy: everyone }, schema: { body } }, async () => ({}));
    await app.inject({ method: 'POST', url: '/enrol', payload: { code: 'ABCD-EFGH-JKMN', step: 2 } });
    return lines.map((line) => JSON.parse(line)).filter(({ body: logged }) => logged !== undefined);
  };
  expect(await bodies('info')).toEqual([]);
  expect(await bodies('debug')).toMatchObject([{ route: '/enrol', body: { code: '[personal]', step: 2 } }]);
  expect(lines.join('')).not.toContain('ABCD');
});
