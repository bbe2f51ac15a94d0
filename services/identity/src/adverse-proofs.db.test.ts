import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClient, PORTAL, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import {
  makeProofKey,
  obtainCode,
  obtainTokens,
  type ProofKey,
  post,
  proofOf,
  redeemBody,
  seconds,
  tokenNonce,
  VERIFIER,
} from './test-requests.ts';

const PORT = 8209;
const issuer = `http://localhost:${PORT}`;
const par = `${issuer}/oidc/par`;
const token = `${issuer}/oidc/token`;
const resource = `${issuer}/exchange/v1/test`;
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

type Answer = { error?: string };

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a code is refused', () => {
  const redeem = async (client: TestClient, params: Record<string, string>, key?: ProofKey) => {
    const nonce = await tokenNonce(client, issuer);
    const dpop = await proofOf(key ?? (await makeProofKey()), { method: 'POST', url: token, nonce });
    const body = await redeemBody(client, { issuer, code: params.code ?? '', params });
    const response = await post(token, body, { dpop });
    return { status: response.status, ...((await response.json()) as Answer) };
  };

  test('from another client', async () => {
    const code = await obtainCode(house, bank);
    expect(await redeem(other, { code, redirect_uri: bank.redirectUri })).toMatchObject({
      error: 'invalid_grant',
    });
  });

  test.each([
    ['another verifier', { code_verifier: `${VERIFIER}x` }],
    ['another redirect URI', { redirect_uri: 'http://localhost:8229/callback' }],
  ])('with %s', async (_what, params) => {
    const code = await obtainCode(house, bank);
    expect(await redeem(bank, { code, ...params })).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('with another DPoP key than the one it was asked for with', async () => {
    const key = await makeProofKey();
    const dpop_jkt = await calculateJwkThumbprint(key.jwk);
    const bound = () => obtainCode(house, bank, { dpop_jkt });
    expect(await redeem(bank, { code: await bound() })).toMatchObject({ error: 'invalid_grant' });
    expect(await redeem(bank, { code: await bound() }, key)).toMatchObject({ status: 200 });
  });

  test('without a DPoP proof', async () => {
    const code = await obtainCode(house, bank);
    const response = await post(token, await redeemBody(bank, { issuer, code }));
    expect(response.status).toBe(400);
  });
});

describe('a DPoP proof is refused at the token endpoint', () => {
  test.each([
    ['without a nonce', { nonce: undefined }, 'use_dpop_nonce'],
    ['with a nonce of its own', { nonce: 'mine' }, 'use_dpop_nonce'],
    ['for another method', { htm: 'GET' }, 'invalid_dpop_proof'],
    ['for another address', { htu: par }, 'invalid_dpop_proof'],
    ['without a jti', { jti: undefined }, 'invalid_dpop_proof'],
  ])('%s', async (_what, claims, error) => {
    const nonce = await tokenNonce(bank, issuer);
    const dpop = await proofOf(await makeProofKey(), { method: 'POST', url: token, nonce, claims });
    const response = await post(token, await redeemBody(bank, { issuer, code: 'none' }), { dpop });
    expect(await response.json()).toMatchObject({ error });
  });

  test('unsigned, signed with a shared secret, or showing its private key', async () => {
    const key = await makeProofKey();
    const nonce = await tokenNonce(bank, issuer);
    const claims = { jti: 'x', htm: 'POST', htu: token, iat: seconds(), nonce };
    const header = { typ: 'dpop+jwt', jwk: key.jwk };
    const proofs = [
      `${base64({ ...header, alg: 'none' })}.${base64(claims)}.`,
      await new SignJWT(claims)
        .setProtectedHeader({ ...header, alg: 'HS256' })
        .sign(new TextEncoder().encode(JSON.stringify(key.jwk))),
      await proofOf(key, {
        method: 'POST',
        url: token,
        nonce,
        header: { jwk: await exportJWK(key.privateKey) },
      }),
    ];
    for (const dpop of proofs) {
      const response = await post(token, await redeemBody(bank, { issuer, code: 'none' }), { dpop });
      expect(await response.json()).toMatchObject({ error: 'invalid_dpop_proof' });
    }
  });
});

describe('a resource of ours refuses', () => {
  let key: ProofKey;
  let access: string;
  let nonce: string;

  beforeAll(async () => {
    key = await makeProofKey();
    access = (await obtainTokens(house, bank, key)).access_token;
    const proof = await proofOf(key, { method: 'GET', url: resource, token: access });
    const asked = await call({ dpop: proof });
    expect(asked.challenge).toContain('use_dpop_nonce');
    nonce = asked.nonce;
  });

  async function call(about: { dpop?: string; authorization?: string }) {
    const headers = { authorization: about.authorization ?? `DPoP ${access}` };
    const response = await fetch(resource, {
      headers: about.dpop === undefined ? headers : { ...headers, dpop: about.dpop },
    });
    return {
      status: response.status,
      nonce: response.headers.get('dpop-nonce') ?? '',
      challenge: response.headers.get('www-authenticate') ?? '',
      body: (await response.json()) as { code?: string; rule?: string },
    };
  }

  const good = { method: 'GET', url: resource };

  test('nothing that is right, once', async () => {
    const dpop = await proofOf(key, { ...good, token: access, nonce });
    expect((await call({ dpop })).status).toBe(200);
    expect((await call({ dpop })).body.rule).toBe('replay');
  });

  test.each([
    ['expired', { iat: seconds() - 400 }, 'iat'],
    ['from the future', { iat: seconds() + 400 }, 'iat'],
    ['for another method', { htm: 'POST' }, 'htm'],
    ['for another address', { htu: `${resource}/more` }, 'htu'],
    ['for another token', { ath: 'x' }, 'ath'],
    ['without a jti', { jti: '' }, 'jti'],
    ['with an old nonce', { nonce: 'old' }, 'nonce'],
  ])('a proof that is %s', async (_what, claims, rule) => {
    const dpop = await proofOf(key, { ...good, token: access, nonce, claims });
    expect((await call({ dpop })).body).toEqual({ code: 'identity.dpop-invalid', rule });
  });

  test('a proof by another key, and a token without a proof', async () => {
    const dpop = await proofOf(await makeProofKey(), { ...good, token: access, nonce });
    expect((await call({ dpop })).body.rule).toBe('key');
    expect((await call({})).body.rule).toBe('missing');
  });

  test('a token as a bearer, and one that nobody issued', async () => {
    const dpop = await proofOf(key, { ...good, token: 'nobody', nonce });
    expect((await call({ authorization: `Bearer ${access}`, dpop })).body.code).toBe(
      'identity.token-invalid',
    );
    expect((await call({ authorization: 'DPoP nobody', dpop })).body.code).toBe('identity.token-invalid');
  });

  test('a token whose consent ended', async () => {
    const fresh = await makeProofKey();
    const tokens = await obtainTokens(house, bank, fresh);
    const consentId = [...house.minted.values()].at(-1) ?? '';
    await house.room.endConsent(consentId);
    const dpop = await proofOf(fresh, { ...good, token: tokens.access_token, nonce });
    const answer = await call({ authorization: `DPoP ${tokens.access_token}`, dpop });
    expect(answer.body.code).toBe('identity.token-invalid');
  });
});
