import { openInteraction } from '@praya/city/play/resident';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClient, PORTAL, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import {
  assertionOf,
  CHALLENGE,
  DETAIL,
  makeResident,
  post,
  push,
  pushBody,
  seconds,
  VERIFIER,
} from './test-requests.ts';

const PORT = 8207;
const issuer = `http://localhost:${PORT}`;
const par = `${issuer}/oidc/par`;
const token = `${issuer}/oidc/token`;
let database: FreshDatabase;
let house: TestHouse;
let bank: TestClient;
let other: TestClient;
let portal: TestClient;

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  bank = await makeClient('test-bank', { redirectUri: 'http://localhost:8229/Callback' });
  other = await makeClient('other-bank', { redirectUri: 'http://localhost:8228/callback' });
  portal = await makeClient(PORTAL, { redirectUri: `${issuer}/session/callback` });
  house = await startHouse({
    databaseUrl: database.url('identity'),
    masterKey: database.masterKey,
    port: PORT,
    clients: [bank, other, portal],
  });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

type Answer = { error?: string; error_description?: string; consent_id?: string };

async function pushed(params: Record<string, string | undefined>, assertion?: string) {
  const body = await pushBody(bank, { issuer, params, ...(assertion === undefined ? {} : { assertion }) });
  const response = await post(par, body);
  return { status: response.status, ...((await response.json()) as Answer) };
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a pushed request is refused', () => {
  test.each([
    ['case of the path', 'http://localhost:8229/callback'],
    ['slash at the end', 'http://localhost:8229/Callback/'],
    ['port', 'http://localhost:8230/Callback'],
    ['user info', 'http://me@localhost:8229/Callback'],
    ['query', 'http://localhost:8229/Callback?more=1'],
    ['host', 'http://localhost.example:8229/Callback'],
    ['scheme', 'https://localhost:8229/Callback'],
    ['dots in the path', 'http://localhost:8229/x/../Callback'],
  ])('when the redirect URI differs in its %s', async (_part, redirect_uri) => {
    expect(await pushed({ redirect_uri })).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  test.each([
    ['is missing', { code_challenge: undefined, code_challenge_method: undefined }],
    ['is plain', { code_challenge: VERIFIER, code_challenge_method: 'plain' }],
    ['names no method', { code_challenge: CHALLENGE, code_challenge_method: undefined }],
  ])('when the code challenge %s', async (_how, params) => {
    expect(await pushed(params)).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  test('when its detail breaks a rule of the consent room, naming field and rule', async () => {
    const details = JSON.stringify([{ ...DETAIL, purpose: 'marketing' }]);
    expect(await pushed({ authorization_details: details })).toEqual({
      status: 400,
      error: 'invalid_authorization_details',
      error_description: 'consent.purpose-not-permitted, field purpose, rule permitted',
    });
  });

  test.each([
    ['two details', JSON.stringify([DETAIL, DETAIL])],
    ['a detail of another type', JSON.stringify([{ ...DETAIL, type: 'payment' }])],
    ['details that are not JSON', '['],
  ])('with %s', async (_what, authorization_details) => {
    expect(await pushed({ authorization_details })).toMatchObject({
      status: 400,
      error: 'invalid_authorization_details',
    });
  });

  test('when the portal asks for data: it only signs people in', async () => {
    const response = await post(par, await pushBody(portal, { issuer }));
    expect(await response.json()).toMatchObject({ error: 'invalid_authorization_details' });
  });

  test('with an implicit response type', async () => {
    expect((await pushed({ response_type: 'token' })).status).toBe(400);
  });
});

describe('a client is not authenticated', () => {
  test.each([
    ['the token endpoint as audience', { aud: token }],
    ['the pushing endpoint as audience', { aud: par }],
    ['an array as audience', { aud: [issuer] }],
    ['the issuer with a slash as audience', { aud: `${issuer}/` }],
    ['another issuer', { iss: 'other-bank' }],
    ['no jti', { jti: undefined }],
    ['no iat', { iat: undefined }],
    ['a life of more than two minutes', { exp: seconds() + 600 }],
    ['an end in the past', { iat: seconds() - 100, exp: seconds() - 40 }],
    ['a beginning in the future', { iat: seconds() + 60, exp: seconds() + 90 }],
  ])('by an assertion with %s', async (_what, claims) => {
    expect(await pushed({}, await assertionOf(bank, { issuer, claims }))).toMatchObject({
      status: 401,
      error: 'invalid_client',
    });
  });

  test('by an assertion without a signature', async () => {
    const claims = {
      iss: 'test-bank',
      sub: 'test-bank',
      aud: issuer,
      jti: '1',
      iat: seconds(),
      exp: seconds() + 60,
    };
    const unsigned = `${base64({ alg: 'none' })}.${base64(claims)}.`;
    expect((await pushed({}, unsigned)).status).toBe(401);
  });

  test('by an assertion that uses its public key as a shared secret', async () => {
    const { d: _, ...jwk } = bank.signing;
    const claims = {
      iss: 'test-bank',
      sub: 'test-bank',
      aud: issuer,
      jti: '2',
      iat: seconds(),
      exp: seconds() + 60,
    };
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: bank.signing.kid })
      .sign(new TextEncoder().encode(JSON.stringify(jwk)));
    expect((await pushed({}, confused)).status).toBe(401);
  });

  test("by another client's key, and unknown clients get the very same answer", async () => {
    const wrong = await pushed({}, await assertionOf({ ...bank, signing: other.signing }, { issuer }));
    const nobody = { ...bank, clientId: 'no-such-bank' };
    const response = await post(par, await pushBody(nobody, { issuer }));
    expect({ status: response.status, ...((await response.json()) as Answer) }).toEqual(wrong);
    expect(wrong).toMatchObject({ status: 401, error: 'invalid_client' });
  });

  test('without an assertion', async () => {
    expect((await pushed({ client_assertion: undefined, client_assertion_type: undefined })).status).toBe(
      401,
    );
  });
});

describe('an authorisation request', () => {
  test('must have been pushed', async () => {
    const query = new URLSearchParams({ ...(await pushBody(bank, { issuer })), client_assertion: '' });
    const response = await fetch(`${issuer}/oidc/auth?${query}`, { redirect: 'manual' });
    expect(response.headers.get('location') ?? '').not.toContain('/interaction/');
  });

  test("pushed by another client does not open under one's own name", async () => {
    const { requestUri } = await push(bank, issuer);
    const query = new URLSearchParams({ client_id: other.clientId, request_uri: requestUri });
    const response = await fetch(`${issuer}/oidc/auth?${query}`, { redirect: 'manual' });
    expect(response.status).toBe(400);
  });

  test('opened a second time leads a browser to a page that says so', async () => {
    const { url } = await push(bank, issuer);
    await fetch(url, { redirect: 'manual' });
    const second = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect(second.headers.get('location')).toBe('/error?code=identity.request-used');
  });

  test.each<[string, (url: string) => string]>([
    ['with a slash at the end', (url) => url.replace('/oidc/auth?', '/oidc/auth/?')],
    ['in other letters', (url) => url.replace('/oidc/auth?', '/oidc/Auth?')],
    ['escaped', (url) => url.replace('/oidc/auth?', '/oidc/%61uth?')],
    ['with a name drawn out', (url) => `${url}${encodeURIComponent('urn:ietf:params:oauth:request_uri:')}x`],
  ])('opened a second time by an address %s opens nothing', async (_name, other) => {
    const { url } = await push(bank, issuer);
    await fetch(url, { redirect: 'manual' });
    const second = await fetch(other(url), { redirect: 'manual' });
    expect(second.headers.get('location') ?? '').not.toContain('/interaction/');
  });

  test('belongs to the browser that opened it', async () => {
    const resident = await makeResident(issuer);
    const { url } = await push(bank, issuer);
    const uid = await openInteraction(resident.browser, url);
    const stranger = await makeResident(issuer);
    await expect(stranger.browser.call('GET', `/interaction/${uid}/details`)).rejects.toMatchObject({
      code: 'identity.interaction-unknown',
    });
  });
});
