import type { Principal } from '@praya/kernel/http/policy';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClient, REGISTER, startHouse, type TestHouse } from './test-house.ts';

const PORT = 8210;
const UID = 'no-such-interaction';
const ID = 'pky_0198c0de-7e57-7000-8000-000000000000';
const person = 'per_0198c0de-7e57-7000-8000-000000000000';
let database: FreshDatabase;
let house: TestHouse;
let principal: Principal = { kind: 'anonymous' };

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  house = await startHouse({
    databaseUrl: database.url('identity'),
    masterKey: database.masterKey,
    port: PORT,
    clients: [await makeClient('test-bank')],
    principal: () => principal,
  });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

const signedIn: Principal = { kind: 'person', personId: person, sessionId: 's', offices: [] };
const roles: Readonly<Record<string, Principal>> = {
  nobody: { kind: 'anonymous' },
  person: signedIn,
  registrar: { ...signedIn, offices: [{ organisationId: REGISTER.id, roles: ['counter.registrar'] }] },
  administrator: { ...signedIn, offices: [{ organisationId: 'org_1', roles: ['administrator'] }] },
  client: { kind: 'client', clientId: 'test-bank', organisationId: 'org_1' },
};

const b64 = 'AAAA';
const response = { id: b64, rawId: b64, type: 'public-key' };
const assertion = { ...response, response: { clientDataJSON: b64, authenticatorData: b64, signature: b64 } };
const registration = { ...response, response: { clientDataJSON: b64, attestationObject: b64 } };
const at = '2026-11-23T00:00:00Z';
const statement = { type: 'praya.credential.v1', action: 'add', publicKey: { kty: 'EC' }, at };
const signIn = { type: 'praya.sign-in.v1', issuer: 'x', nonce: 'x', at, previewKey: null };
const code = 'AAAA-AAAA-AAAA';

// What each of them gets on each route: nobody, person, registrar, administrator, client.
const everyone = [404, 404, 404, 404, 404];
const table: [string, string, object | undefined, number[]][] = [
  ['GET', `/interaction/${UID}/details`, undefined, everyone],
  ['POST', `/interaction/${UID}/sign-in/options`, { previewKey: null }, everyone],
  ['POST', `/interaction/${UID}/sign-in`, { statement: signIn, response: assertion }, everyone],
  ['POST', `/interaction/${UID}/enrolment/options`, { code }, everyone],
  ['POST', `/interaction/${UID}/enrolment`, { code, response: registration, name: 'x' }, everyone],
  ['POST', `/interaction/${UID}/abort`, undefined, everyone],
  ['GET', '/api/passkeys', undefined, [401, 200, 200, 200, 403]],
  ['PATCH', `/api/passkeys/${ID}`, { name: 'x' }, [401, 404, 404, 404, 403]],
  ['POST', '/api/passkeys/options', undefined, [401, 200, 200, 200, 403]],
  ['POST', '/api/passkeys/prepare', { response: registration }, [401, 400, 400, 400, 403]],
  ['POST', '/api/passkeys', { statement, assertion, name: 'x' }, [401, 400, 400, 400, 403]],
  ['POST', `/api/passkeys/${ID}/removal/prepare`, undefined, [401, 404, 404, 404, 403]],
  ['POST', `/api/passkeys/${ID}/removal`, { statement, assertion }, [401, 400, 400, 400, 403]],
  ['GET', '/api/counter/register-key', undefined, [401, 403, 502, 403, 403]],
  ['POST', '/api/counter/lookups', { query: 'sealed' }, [401, 403, 200, 403, 403]],
  [
    'POST',
    '/api/counter/enrolments',
    { lookup: 'lkp_01a20607-d442-79b6-8675-c9858df10978' },
    [401, 403, 200, 403, 403],
  ],
];

function call(method: string, url: string, payload: object | undefined) {
  const body = payload === undefined ? {} : { payload };
  return house.app.inject({ method: method as 'GET', url, ...body });
}

describe('every route as every role', () => {
  test.each(table)('%s %s', async (method, url, payload, expected) => {
    const statuses: number[] = [];
    for (const role of Object.values(roles)) {
      principal = role;
      statuses.push((await call(method, url, payload)).statusCode);
    }
    expect(statuses).toEqual(expected);
  });

  test('every route of the room is in the table or belongs to the protocol', () => {
    const listed = house.routes.filter((route) => !/^HEAD|\/oidc|\/\.well-known/.test(route));
    const tried = table.map(([method, url]) => `${method} ${url.replace(UID, ':uid').replace(ID, ':id')}`);
    expect([...listed].sort()).toEqual(tried.sort());
  });
});

test.each(table.filter(([, url]) => url.startsWith('/api/counter')))(
  '%s %s is not for the registrar of another organisation',
  async (method, url, payload) => {
    const offices = [
      { organisationId: 'org_1', roles: ['counter.registrar'] },
      { organisationId: REGISTER.id, roles: ['directory.maker'] },
    ];
    principal = { ...signedIn, offices };
    expect((await call(method, url, payload)).json()).toMatchObject({
      status: 403,
      code: 'request.not-allowed',
    });
  },
);

describe('the authorisation server', () => {
  test('says the same of itself whatever host a request names', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const discovered = await house.app.inject({ url: '/.well-known/openid-configuration', headers });
    expect(discovered.json()).toMatchObject({
      issuer: house.issuer,
      token_endpoint: `${house.issuer}/oidc/token`,
      pushed_authorization_request_endpoint: `${house.issuer}/oidc/par`,
      require_pushed_authorization_requests: true,
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_details_types_supported: ['praya_consented_data'],
    });
  });

  test('is also found by RFC 8414, and answers with our headers', async () => {
    const found = await house.app.inject('/.well-known/oauth-authorization-server');
    expect(found.json().issuer).toBe(house.issuer);
    expect(found.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(found.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('publishes the next key before it signs, and no private half', async () => {
    const { keys } = (await house.app.inject('/oidc/jwks')).json();
    expect(keys).toHaveLength(2);
    expect(keys.every((key: object) => !('d' in key))).toBe(true);
  });
});
