import { accountOpening, askFor } from '@praya/city/play/bank';
import { signDataRequest } from '@praya/relying-party/data-request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../../services/identity/src/test-house.ts';
import {
  assertionOf,
  makeProofKey,
  type ProofKey,
  proofOf,
  pushBody,
  redeemBody,
} from '../../services/identity/src/test-requests.ts';
import { agreeTo, openScene, type Scene } from '../support/fault-city/scene.ts';
import { type Answered, answeredBy, overNewConnection, postForm } from '../support/fault-city/workers.ts';

const DAY_MS = 86_400_000;

let scene: Scene;
let client: TestClient;

beforeAll(async () => {
  scene = await openScene({ workers: 2, environment: { PRAYA_LOG_LEVEL: 'info' } });
  const { clientId, redirectUri, keys } = scene.bank;
  client = { clientId, redirectUri, signing: keys.signing } as TestClient;
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

/** The same four times at once, each over a connection of its own; the statuses in order. */
async function fourTimes(use: () => Promise<Answered>): Promise<number[]> {
  const answers = await Promise.all([use(), use(), use(), use()]);
  return answers.map(({ status }) => status).sort();
}

async function pushable(assertion?: string): Promise<Record<string, string>> {
  const { origin: issuer, bank } = scene;
  const detail = accountOpening(bank, { issuer, expiresAt: new Date(Date.now() + DAY_MS) });
  const params = { authorization_details: JSON.stringify([detail]) };
  return pushBody(client, { issuer, params, ...(assertion === undefined ? {} : { assertion }) });
}

/** A nonce that the authorisation server takes now. */
async function serverNonce(key: ProofKey): Promise<string> {
  const url = `${scene.origin}/oidc/par`;
  const answer = await postForm(url, await pushable(), { dpop: await proofOf(key, { method: 'POST', url }) });
  return String(answer.headers['dpop-nonce']);
}

/** Redeems a code, each time with another assertion and another proof by the same key. */
async function redeemer(key: ProofKey, who: number): Promise<() => Promise<Answered>> {
  const { origin: issuer } = scene;
  const { asked, answer } = await agreeTo(scene, { who });
  const url = `${issuer}/oidc/token`;
  const nonce = await serverNonce(key);
  const params = { code_verifier: asked.codeVerifier };
  const code = answer.searchParams.get('code') ?? '';
  return async () =>
    postForm(url, await redeemBody(client, { issuer, code, params }), {
      dpop: await proofOf(key, { method: 'POST', url, nonce }),
    });
}

describe('of four uses at once on two workers of a running city exactly one succeeds:', () => {
  test('one client assertion', async () => {
    const body = await pushable(await assertionOf(client, { issuer: scene.origin }));
    expect(await fourTimes(() => postForm(`${scene.origin}/oidc/par`, body))).toEqual([201, 401, 401, 401]);
  });

  test('one DPoP proof, each time with another client assertion', async () => {
    const key = await makeProofKey();
    const url = `${scene.origin}/oidc/par`;
    const dpop = await proofOf(key, { method: 'POST', url, nonce: await serverNonce(key) });
    const bodies = await Promise.all(Array.from({ length: 4 }, () => pushable()));
    const use = async () => postForm(url, bodies.pop() ?? {}, { dpop });
    expect(await fourTimes(use)).toEqual([201, 400, 400, 400]);
  });

  test('one pushed request', async () => {
    const { bank, origin: issuer } = scene;
    const expiresAt = new Date(Date.now() + DAY_MS);
    const { url } = await askFor(bank, accountOpening(bank, { issuer, expiresAt }));
    expect(await fourTimes(() => overNewConnection(url.href))).toEqual([303, 400, 400, 400]);
  });

  test('one code', async () => {
    expect(await fourTimes(await redeemer(await makeProofKey(), 1))).toEqual([200, 400, 400, 400]);
  });

  test('one DPoP proof at the exchange, and one data request', async () => {
    const key = await makeProofKey();
    const redeem = await redeemer(key, 2);
    const tokens = JSON.parse((await redeem()).body);
    const token: string = tokens.access_token;
    const consentId: string = tokens.authorization_details[0].consent_id;
    const url = `${scene.origin}/exchange/v1/requests`;
    const { clientId, keys } = scene.bank;
    const signed = () =>
      signDataRequest({
        issuer: scene.origin,
        clientId,
        signingKey: keys.signing,
        consentId,
        service: 'rates.address',
      });
    const post = (dpop: string, request: string) =>
      overNewConnection(url, {
        method: 'POST',
        headers: { authorization: `DPoP ${token}`, dpop, 'content-type': 'application/json' },
        body: JSON.stringify({ request }),
      });
    const asked = await post(await proofOf(key, { method: 'POST', url, token }), await signed());
    const nonce = String(asked.headers['dpop-nonce']);
    const proof = () => proofOf(key, { method: 'POST', url, token, nonce });
    const oneProof = await proof();
    expect(await fourTimes(async () => post(oneProof, await signed()))).toEqual([200, 401, 401, 401]);
    const oneRequest = await signed();
    expect(await fourTimes(async () => post(await proof(), oneRequest))).toEqual([200, 409, 409, 409]);
  });
});

test('both workers took part', () => {
  expect(answeredBy(scene, { route: '/exchange/v1/requests' })).toHaveLength(2);
});
