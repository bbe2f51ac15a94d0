import { accountOpening, askFor } from '@praya/city/play/bank';
import { createBrowser } from '@praya/city/play/browser';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import * as play from '@praya/city/play/resident';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asClient, type OpenedAccount, openAccount } from '../support/callers.ts';
import { type ComposedCity, composeCity } from '../support/composed-city.ts';
import { type Recorded, recordFetch } from '../support/recorded-fetch.ts';

const DAY_MS = 86_400_000;

let city: ComposedCity;
let opened: OpenedAccount;
let exchanges: readonly Recorded[];

beforeAll(async () => {
  city = await composeCity();
  using recording = recordFetch();
  opened = await openAccount(city);
  exchanges = recording.exchanges;
}, 120_000);
afterAll(() => city[Symbol.asyncDispose]());

const at = (path: string) => exchanges.filter(({ url }) => url.pathname === path);
const detail = () =>
  accountOpening(opened.bank, { issuer: city.origin, expiresAt: new Date(Date.now() + DAY_MS) });

describe('the discovery document', () => {
  let metadata: Record<string, unknown>;
  beforeAll(async () => {
    metadata = (await (
      await fetch(`${city.origin}/.well-known/openid-configuration`)
    ).json()) as typeof metadata;
  });
  const list = (member: string) => metadata[member] as string[];

  test('RFC 8414 §2: the issuer is the origin and every endpoint is below it', () => {
    expect(metadata['issuer']).toBe(city.origin);
    const endpoints = Object.entries(metadata).filter(([name]) => /(_endpoint|jwks_uri)$/.test(name));
    expect(endpoints.length).toBeGreaterThan(5);
    for (const [name, value] of endpoints) expect(new URL(String(value)).origin, name).toBe(city.origin);
  });

  test('RFC 8414 §3: the OAuth document says the same', async () => {
    const other = await (await fetch(`${city.origin}/.well-known/oauth-authorization-server`)).json();
    expect(other).toEqual(metadata);
  });

  test('FAPI 2.0 §5.3.2.2: pushed requests are required', () => {
    expect(metadata['require_pushed_authorization_requests']).toBe(true);
    expect(metadata['pushed_authorization_request_endpoint']).toBe(`${city.origin}/oidc/par`);
  });

  test('FAPI 2.0 §5.3.2.2: clients authenticate by a signed assertion, and in no other way', () => {
    expect(list('token_endpoint_auth_methods_supported')).toEqual(['private_key_jwt']);
  });

  test('FAPI 2.0 §5.3.2.2: the code flow alone for people, with PKCE S256; programs have tokens of their own', () => {
    expect(list('response_types_supported')).toEqual(['code']);
    expect(list('code_challenge_methods_supported')).toEqual(['S256']);
    expect(list('grant_types_supported').sort()).toEqual([
      'authorization_code',
      'client_credentials',
      'refresh_token',
    ]);
  });

  test('FAPI 2.0 §5.4: no algorithm but ES256, EdDSA and PS256', () => {
    const members = Object.keys(metadata).filter((name) => name.endsWith('_alg_values_supported'));
    expect(members.length).toBeGreaterThan(2);
    for (const member of members.filter((name) => /signing/.test(name)))
      for (const algorithm of list(member))
        expect(['ES256', 'EdDSA', 'Ed25519', 'PS256'], member).toContain(algorithm);
  });

  test('RFC 9207 §3, RFC 9449 §5.1, RFC 9396 §10: it says what else a client may rely on', () => {
    expect(metadata).toMatchObject({
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      authorization_details_types_supported: ['praya_consented_data'],
    });
  });

  test('RFC 7517 §5: the key set holds public keys alone, each with a name, a use and an algorithm', async () => {
    const { keys } = await (await fetch(String(metadata['jwks_uri']))).json();
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) });
      for (const hidden of ['d', 'p', 'q', 'k']) expect(key).not.toHaveProperty(hidden);
    }
  });
});

describe('a pushed authorisation request', () => {
  test('RFC 9126 §2.2: is answered with 201, a request_uri and its life', () => {
    const pushed = at('/oidc/par').find(({ status }) => status === 201);
    const answer = JSON.parse(pushed?.body ?? '{}');
    expect(answer.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{20,}$/);
    expect(answer.expires_in).toBeGreaterThan(0);
  });

  test('FAPI 2.0 §5.3.2.2: lives less than 600 seconds', () => {
    const pushed = at('/oidc/par').find(({ status }) => status === 201);
    expect(JSON.parse(pushed?.body ?? '{}').expires_in).toBeLessThan(600);
  });

  test('RFC 9126 §4: without it no authorisation begins', async () => {
    const url = new URL(`${city.origin}/oidc/auth`);
    url.search = new URLSearchParams({
      client_id: opened.bank.clientId,
      redirect_uri: opened.bank.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 's'.repeat(20),
      nonce: 'n'.repeat(20),
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const response = await fetch(url, { redirect: 'manual' });
    const location = response.headers.get('location') ?? '';
    expect(location).not.toContain('/interaction/');
    expect(location).not.toContain('code=');
    expect(`${location} ${await response.text()}`).toMatch(/invalid_request/);
  });

  test('RFC 9126 §4: a request_uri serves one browser once', async () => {
    const asked = await askFor(opened.bank, detail());
    await play.openInteraction(createBrowser(city.origin), asked.url.href);
    const again = await fetch(asked.url, { redirect: 'manual' });
    expect(again.headers.get('location') ?? '').not.toContain('/interaction/');
  });
});

describe('the authorisation response', () => {
  test('RFC 9207 §2: names the issuer when she agrees', () => {
    expect(opened.answer.searchParams.get('iss')).toBe(city.origin);
    expect(opened.answer.searchParams.get('code')).not.toBeNull();
  });

  test('RFC 9207 §2: names the issuer when she refuses', async () => {
    const browser = createBrowser(city.origin);
    const resident = await play.seatResident(browser, await importDemonstrationPasskey(browser, 2));
    const asked = await askFor(opened.bank, detail());
    const uid = await play.openInteraction(browser, asked.url.href);
    await play.signIn(resident, uid);
    await play.consentRequest(resident, uid);
    const { redirectTo } = await browser.call<{ redirectTo: string }>(
      'POST',
      `/interaction/${uid}/consent/refuse`,
    );
    const { searchParams } = await browser.visit(redirectTo, (url) => url.origin !== city.origin);
    expect(searchParams.get('iss')).toBe(city.origin);
    expect(searchParams.get('error')).toBe('access_denied');
    expect(searchParams.get('state')).toBe(asked.state);
    expect(searchParams.get('code')).toBeNull();
  });
});

describe('DPoP', () => {
  test('RFC 9449 §8: the token endpoint asks for a nonce, and the next proof has it', () => {
    const [first, second] = at('/oidc/token');
    expect(first?.status).toBe(400);
    expect(JSON.parse(first?.body ?? '{}').error).toBe('use_dpop_nonce');
    const nonce = first?.headers.get('dpop-nonce');
    expect(nonce).toBeTruthy();
    const proof = second?.sent.headers.get('dpop')?.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(proof, 'base64url').toString()).nonce).toBe(nonce);
    expect(JSON.parse(second?.body ?? '{}').token_type).toBe('DPoP');
  });

  test('RFC 9449 §9: a resource asks for a nonce of its own, and the next proof has it', async () => {
    using recording = recordFetch();
    const url = `${city.origin}/exchange/v1/acts/act_01a20607-d442-79b6-8675-c9858df10978/receipt`;
    const response = await asClient(opened, { method: 'GET', url, headers: new Headers() });
    expect(response.status).toBe(404);
    const challenged = recording.exchanges.filter(({ status }) => status === 401);
    expect(challenged).toHaveLength(1);
    expect(challenged[0]?.headers.get('www-authenticate')).toMatch(/^DPoP .*error="use_dpop_nonce"/);
    const nonce = challenged[0]?.headers.get('dpop-nonce');
    const proof = recording.exchanges.at(-1)?.sent.headers.get('dpop')?.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(proof, 'base64url').toString()).nonce).toBe(nonce);
  });

  test('RFC 9449 §7.2: a bound token does not serve as a bearer token', async () => {
    const headers = { authorization: `Bearer ${opened.granted.accessToken}` };
    const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
    expect((await fetch(`${city.origin}/exchange/v1/requests`, init)).status).toBe(401);
    expect([401, 403]).toContain((await fetch(`${city.origin}/oidc/userinfo`, { headers })).status);
  });
});

describe('authorization_details', () => {
  test('RFC 9396 §7: the token response says what was granted, with the consent’s name', () => {
    const granted = JSON.parse(at('/oidc/token').at(-1)?.body ?? '{}').authorization_details;
    expect(granted).toHaveLength(1);
    expect(granted[0]).toMatchObject({
      type: 'praya_consented_data',
      locations: [`${city.origin}/exchange/v1`],
      consent_id: expect.stringMatching(/^con_/),
      purpose: 'account-opening',
    });
    const particulars = granted[0].services.find(({ id }: { id: string }) => id === 'persons.particulars');
    expect(particulars.fields).toEqual(['dateOfBirth', 'nameEn']);
  });

  test('RFC 9396 §5: a detail that breaks a rule is refused before the resident sees it', async () => {
    const asking = askFor(opened.bank, { ...detail(), purpose: 'curiosity' });
    await expect(asking).rejects.toMatchObject({ error: 'invalid_authorization_details' });
  });
});

describe('a refusal', () => {
  test('RFC 9457 §3: has a type, a title, a status and an instance, as application/problem+json', async () => {
    const response = await fetch(`${city.origin}/api/acts`);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toEqual({
      type: '/problems/request.not-signed-in',
      title: expect.any(String),
      status: 401,
      code: 'request.not-signed-in',
      instance: expect.stringMatching(/^urn:praya:request:/),
    });
  });

  test('RFC 6749 §5.2: at the protocol’s own endpoints is an OAuth error', async () => {
    const response = await fetch(`${city.origin}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'authorization_code' }),
    });
    expect([400, 401]).toContain(response.status);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({
      error: expect.stringMatching(/^invalid_(client|request)$/),
    });
  });
});
