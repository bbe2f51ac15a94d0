import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBank } from './test-bank.ts';
import { makeClient, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import { assertionOf, makeProofKey, post, proofOf, tokenNonce } from './test-requests.ts';

const PORT = 26_101;
const issuer = `http://localhost:${PORT}`;
const token = `${issuer}/oidc/token`;
const resource = `${issuer}/exchange/v1/test`;
const notary = `${issuer}/notary/v1`;
let database: FreshDatabase;
let house: TestHouse;
let department: TestClient;
let bank: TestClient;
let bankProgram: TestClient;

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  department = await makeClient('works-programs', { program: 'department' });
  bankProgram = await makeClient('bank-programs', { program: 'bank' });
  bank = await makeClient('test-bank');
  house = await startHouse({
    databaseUrl: database.url('identity'),
    masterKey: database.masterKey,
    port: PORT,
    clients: [department, bank, bankProgram],
  });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

/** A token of a program, got with plain openid-client. */
async function tokenOf(client: TestClient, parameters: Record<string, string> = { scope: 'notary' }) {
  const { config } = await openBank(issuer, client);
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const answer = await oidc.clientCredentialsGrant(config, parameters, { DPoP });
  const call = (url: string) =>
    oidc
      .fetchProtectedResource(config, answer.access_token, new URL(url), 'GET', null, undefined, { DPoP })
      .catch((error: unknown) => {
        if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
        throw error;
      });
  return { config, answer, call };
}

/** The token request made by hand, so that each part can be wrong. */
async function ask(client: TestClient, params: Record<string, string>, dpop = true) {
  const nonce = await tokenNonce(bank, issuer);
  const proof = await proofOf(await makeProofKey(), { method: 'POST', url: token, nonce });
  const body = {
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(client, { issuer }),
    scope: 'notary',
    ...params,
  };
  const response = await post(token, body, dpop ? { dpop: proof } : {});
  return (await response.json()) as { error?: string; access_token?: string; scope?: string };
}

describe('a program of a department', () => {
  test('gets a token for itself, bound to its key, for five minutes and the notary alone', async () => {
    const { answer, call } = await tokenOf(department);
    expect(answer).toMatchObject({ token_type: 'dpop', expires_in: 300, scope: 'notary' });
    expect(answer.refresh_token).toBeUndefined();
    expect(answer.id_token).toBeUndefined();
    expect(await (await call(resource)).json()).toEqual({
      clientId: 'works-programs',
      organisationId: department.organisation.id,
      scope: 'notary',
      program: true,
      consentIds: [],
    });
  });

  test('gets no token for another resource, nor one without a key of its own', async () => {
    expect(await ask(department, { resource: notary })).toMatchObject({ scope: 'notary' });
    expect(await ask(department, { resource: `${issuer}/exchange/v1` })).toMatchObject({
      error: 'invalid_target',
    });
    expect((await ask(department, {}, false)).access_token).toBeUndefined();
  });

  test.each(['', 'openid', 'openid notary.admin'])(
    'with a token of scope “%s” opens nothing',
    async (scope) => {
      const { call } = await tokenOf(department, scope === '' ? {} : { scope });
      expect((await call(resource)).status).toBe(401);
    },
  );

  test('may not send anybody to the sign-in', async () => {
    const { config } = await openBank(issuer, department);
    const asked = oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: 'http://localhost:8229/callback',
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });

  test('takes its token back, and it opens nothing any more', async () => {
    const { config, answer, call } = await tokenOf(department);
    await oidc.tokenRevocation(config, answer.access_token);
    expect((await call(resource)).status).toBe(401);
  });
});

test('a relying party that asks residents gets no token for itself', async () => {
  expect(await ask(bank, {})).toMatchObject({ error: 'invalid_request' });
});

test('a program of an organisation that is no department is no client', async () => {
  expect(await ask(bankProgram, {})).toMatchObject({ error: 'invalid_client' });
});
