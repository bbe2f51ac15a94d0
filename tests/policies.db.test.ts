import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Call, everybody, ROLES, type Role } from './support/callers.ts';
import { type ComposedCity, composeCity, type Route } from './support/composed-city.ts';

const PERSONS: readonly Role[] = ['resident', 'counter', 'maker', 'checker', 'administrator', 'notary'];

/** Who passes each policy, and where it stands. A route that is not here fails the first test. */
const POLICIES: Readonly<Record<string, { readonly passes: readonly Role[]; readonly routes: string }>> = {
  everyone: {
    passes: ROLES,
    routes: `
      GET / · GET /activity · GET /assets/* · GET /catalogue · GET /catalogue/:service · GET /counter · GET /data
      GET /data/:consentId · GET /devices · GET /directory · GET /directory/changes · GET /directory/organisations/:id
      GET /docs/api · GET /check · GET /check/:code · GET /notary · GET /notary/new · GET /notary/inbox
      GET /notary/bulk · GET /notary/bulk/:id · GET /notary/records/:id · GET /explorer
      GET /explorer/:tenant/:shard · GET /explorer/:tenant/:shard/proof/:index · GET /error · GET /interaction/:uid · GET /verify
      GET /* · GET /health/live · GET /health/ready · GET /metrics · GET /openapi.json
      GET /.well-known/praya-trust-anchor · GET /directory/v1/trust-list · GET /directory/v1/organisations/:id
      GET /exchange/v1/services · GET /exchange/v1/services/:id
      GET /log/:tenant/:shard/checkpoint · GET /log/:tenant/:shard/tile/* · GET /ledger/v1/logs
      GET /ledger/v1/log-keys · GET /ledger/v1/logs/:tenant/:shard/checkpoints
      GET /ledger/v1/logs/:tenant/:shard/proofs/:index · GET /ledger/v1/logs/:tenant/:shard/consistency
      GET /session · GET /session/sign-in · GET /session/callback · POST /session/sign-out
      GET /api/demonstration/residents · GET /notary/v1/checks · GET /notary/v1/checks/:code`,
  },
  // These say themselves who may speak: by a signature, by a client's own authentication, by an interaction's cookie.
  'everyone ': {
    passes: ROLES,
    routes: `
      POST /exchange/v1/declarations · POST /consent/v1/withdrawals
      GET /.well-known/openid-configuration · POST /.well-known/openid-configuration
      OPTIONS /.well-known/openid-configuration · GET /.well-known/oauth-authorization-server
      POST /.well-known/oauth-authorization-server · OPTIONS /.well-known/oauth-authorization-server
      GET /oidc/* · POST /oidc/* · OPTIONS /oidc/*
      GET /interaction/:uid/details · POST /interaction/:uid/sign-in/options · POST /interaction/:uid/sign-in
      POST /interaction/:uid/enrolment/options · POST /interaction/:uid/enrolment · POST /interaction/:uid/abort
      GET /interaction/:uid/consent · POST /interaction/:uid/preview · POST /interaction/:uid/consent/prepare
      POST /interaction/:uid/consent/agree · POST /interaction/:uid/consent/refuse`,
  },
  person: {
    passes: PERSONS,
    routes: `
      GET /api/acts · GET /api/acts/:id/receipt · GET /api/consents · GET /api/consents/:id
      GET /api/consents/:id/acts · GET /api/consents/:id/deliveries · POST /api/consents/:id/state
      GET /api/passkeys · PATCH /api/passkeys/:id · POST /api/passkeys · POST /api/passkeys/options
      POST /api/passkeys/prepare · POST /api/passkeys/:id/removal · POST /api/passkeys/:id/removal/prepare`,
  },
  client: {
    passes: ['client'],
    routes: 'POST /exchange/v1/requests · GET /exchange/v1/acts/:id/receipt',
  },
  'program(notary)': {
    passes: ['program'],
    routes: 'POST /ledger/v1/logs/:tenant/entries',
  },
  'officer(notary) or program(notary)': {
    passes: ['notary', 'program'],
    routes: `
      GET /notary/v1/records · POST /notary/v1/records · GET /notary/v1/records/:id · GET /notary/v1/inbox
      POST /notary/v1/records/:id/state · POST /notary/v1/records/:id/decision
      POST /notary/v1/records/:id/erase · GET /notary/v1/records/:id/receipt
      GET /notary/v1/records/:id/statement.cose · GET /notary/v1/records/:id/proof.txt
      GET /notary/v1/records/:id/certificate.pdf · POST /notary/v1/bulk · GET /notary/v1/bulk/:id
      GET /notary/v1/bulk/:id/results.csv · POST /notary/v1/log`,
  },
  'officer(counter.registrar)': {
    passes: ['counter'],
    routes: 'GET /api/counter/register-key · POST /api/counter/lookups · POST /api/counter/enrolments',
  },
  'officer(administrator|directory.maker|directory.checker)': {
    passes: ['administrator', 'maker', 'checker'],
    routes: `
      GET /api/directory/organisations · GET /api/directory/organisations/:id · GET /api/directory/changes
      GET /api/directory/purposes · POST /api/directory/organisations/:id/keys/:kid/revocation
      POST /api/directory/organisations/:id/officers/:personId/dismissal
      POST /api/directory/organisations/:id/suspension`,
  },
  'officer(administrator|directory.maker)': {
    passes: ['administrator', 'maker'],
    routes: 'POST /api/directory/changes · POST /api/directory/changes/:id/withdrawal',
  },
  'officer(directory.checker)': {
    passes: ['checker'],
    routes: 'POST /api/directory/changes/:id/decision',
  },
};

const FUZZ_RUNS = 15;
// What stands for the star of a path.
const PLACES: Readonly<Record<string, readonly string[]>> = {
  '/oidc/*': ['auth', 'par', 'token', 'jwks', 'userinfo', 'revocation', 'introspection', 'session/end'],
  '/log/tile/*': ['0/000', '0/000.p/3', 'entries/000', '1/x001/000', '99/000', '0/999', '0/000.p/0'],
  '/assets/*': ['index.js', '../index.html', '..%2f..%2fpackage.json', ''],
};
// A stack, or a path of ours in one.
const LEAK = /\n\s+at |node_modules|\.[jt]s:\d+|postgres:\/\/|praya_[a-z]+@/;

let city: ComposedCity;
let call: Awaited<ReturnType<typeof everybody>>;
let routes: readonly Route[];

beforeAll(async () => {
  city = await composeCity();
  call = await everybody(city);
  // HEAD goes with its GET.
  routes = city.routes.filter(({ method }) => method !== 'HEAD');
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

const nameOf = ({ method, url }: Route) => `${method} ${url}`;
const isForeign = ({ url }: Route) => /^\/(oidc|\.well-known\/(openid|oauth))/.test(url);
const passesOf = ({ policy }: Route): readonly Role[] => POLICIES[policy]?.passes ?? [];

function pathOf({ url }: Route, params: (name: string) => string = () => 'unknown0001'): string {
  return url.replace('*', params('*')).replaceAll(/:(\w+)/g, (_whole, name: string) => params(name));
}

async function expectProblem(response: Response, route: Route): Promise<void> {
  const text = await response.text();
  const where = `${nameOf(route)} ${response.status} ${text.slice(0, 300)}`;
  expect(response.status, where).toBeLessThan(500);
  expect(text, where).not.toMatch(LEAK);
  expect(response.headers.get('x-request-id'), where).toMatch(/^[0-9a-f-]{36}$/);
  if (response.status < 400 || isForeign(route)) return;
  expect(response.headers.get('content-type'), where).toBe('application/problem+json; charset=utf-8');
  const instance = `urn:praya:request:${response.headers.get('x-request-id')}`;
  expect(JSON.parse(text), where).toMatchObject({ status: response.status, instance });
}

test('every route of the platform stands in the table under its own policy, and no other does', () => {
  const listed = Object.entries(POLICIES).flatMap(([policy, { routes: list }]) =>
    list
      .split(/ · |\n/)
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => `${name} — ${policy.trim()}`),
  );
  expect(routes.map((route) => `${nameOf(route)} — ${route.policy}`).sort()).toEqual(listed.sort());
});

describe.each(ROLES)('a caller who is %s', (role) => {
  test('passes exactly the policies that let this role in', async () => {
    for (const route of routes) {
      const response = await call(role, { method: route.method, path: pathOf(route) });
      const text = await response.text();
      const code = text.startsWith('{') ? JSON.parse(text).code : undefined;
      // Signing out says by itself that nobody is signed in.
      const own = route.url === '/session/sign-out' && !PERSONS.includes(role);
      const stopped = ['request.not-signed-in', 'request.not-allowed'].includes(code) && !own;
      expect(stopped, `${nameOf(route)} → ${response.status}`).toBe(!passesOf(route).includes(role));
      if (stopped) expect(response.status).toBe(role === 'anonymous' ? 401 : 403);
    }
  });

  test('is answered without a fault when nothing is sent', async () => {
    for (const route of routes)
      await expectProblem(await call(role, { method: route.method, path: pathOf(route) }), route);
  });
});

const jose = fc.constantFrom(
  'a.b.c',
  'eyJhbGciOiJub25lIn0.e30.',
  'eyJhbGciOiJFUzI1NiJ9..',
  'a.b.c.d.e',
  '....',
);
const id = fc
  .constantFrom('con', 'org', 'act', 'per', 'chg', 'lkp', 'ntr', 'ntb')
  .map((prefix) => `${prefix}_01a20607-d442-79b6-8675-c9858df10978`);
const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
  fc.constantFrom(
    '0',
    '-1',
    '1e9',
    '99999999999999999999',
    '../..',
    '%00',
    '\0',
    "' or 1=1 --",
    '{}',
    '繁體',
  ),
  jose,
  id,
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  word,
  jose.map((text) => text.padEnd(40, 'x')),
);
const query = fc.dictionary(
  fc.constantFrom('after', 'limit', 'search', 'state', 'from', 'to', 'size', 'returnTo', 'request_uri', 'x'),
  word,
  { maxKeys: 4 },
);
const TYPES = [
  'application/json',
  'application/jose',
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/csv',
];

function garbage(route: Route): fc.Arbitrary<Call & { role: Role }> {
  const known = fc.dictionary(fc.constantFrom(...route.members, 'x'), json, { maxKeys: 8 });
  const body = fc.oneof(
    { weight: 4, arbitrary: known.map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{', '[', 'null', '{"__proto__":{"a":1}}', '\u0000') },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 1, arbitrary: jose },
  );
  const hasBody = !['GET', 'OPTIONS'].includes(route.method);
  return fc.record({
    method: fc.constant(route.method),
    role: fc.constantFrom(...passesOf(route)),
    path: fc.tuple(fc.array(word, { minLength: 4, maxLength: 4 }), placeIn(route), query).map((parts) => {
      const [params, place, wanted] = parts;
      const rest = [...params];
      const search = new URLSearchParams(wanted).toString();
      const path = pathOf(route, (name) => (name === '*' ? place : safely(rest.pop() ?? '')));
      return `${path}${search === '' ? '' : `?${search}`}`;
    }),
    type: hasBody ? fc.constantFrom(...TYPES, undefined) : fc.constant(undefined),
    body: hasBody ? body : fc.constant(undefined),
  });
}

function placeIn({ url }: Route): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom(...(PLACES[url] ?? ['nothing'])), word.map(safely));
}

// A lone surrogate cannot be written in an address; dots alone would change the path.
function safely(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E');
}

test('no route has a fault, whatever is sent to it by those who may call', async () => {
  expect.hasAssertions();
  for (const route of routes)
    await fc.assert(
      fc.asyncProperty(garbage(route), async ({ role, ...sent }) => {
        await expectProblem(await call(role, sent), route);
      }),
      { numRuns: FUZZ_RUNS, endOnFailure: true },
    );
}, 180_000);

test.each([
  ['a path that is no UTF-8', '/api/consents/%ff'],
  ['a path that is not encoded', '/api/consents/%zz'],
  ['a path that is nowhere', '/nowhere'],
  ['a part that is too long', `/api/consents/${'x'.repeat(500)}`],
])('%s is a problem like any other', async (_name, path) => {
  const route = { method: 'GET', url: path, policy: 'person', members: [] };
  const response = await call('resident', { method: 'GET', path });
  expect(response.status).toBeGreaterThanOrEqual(400);
  await expectProblem(response, route);
});

test('a refusal is said in the language of the caller', async () => {
  const titles = new Set<string>();
  for (const language of ['en', 'zh-HK', 'zh-CN']) {
    const response = await call('anonymous', { method: 'GET', path: '/api/acts', language });
    titles.add((await response.json()).title);
  }
  expect(titles.size).toBe(3);
});
