import { createHash, randomUUID } from 'node:crypto';
import { createBrowser } from '@praya/city/play/browser';
import { enrol, openInteraction, type PlayedResident, seatResident } from '@praya/city/play/resident';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { TestClient, TestHouse } from './test-house.ts';

type Claims = Readonly<Record<string, unknown>>;
export type ProofKey = { readonly privateKey: CryptoKey; readonly jwk: JWK };

export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-0123';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
export const DETAIL = {
  type: 'praya_consented_data',
  purpose: 'account-opening',
  services: [{ id: 'persons.profile', required: ['nameEn'], optional: [] }],
  frequency: { max: 3, per: 'month' },
  expires_at: '2098-01-01T00:00:00Z',
};

export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** A client assertion, made by hand so that each part can be wrong. */
export async function assertionOf(
  client: TestClient,
  about: { issuer: string; claims?: Claims; header?: Claims },
): Promise<string> {
  const iat = seconds();
  const claims = {
    iss: client.clientId,
    sub: client.clientId,
    aud: about.issuer,
    jti: randomUUID(),
    iat,
    exp: iat + 60,
  };
  const key = await importJWK(client.signing, 'ES256');
  return new SignJWT({ ...claims, ...about.claims })
    .setProtectedHeader({ alg: 'ES256', kid: client.signing.kid, ...about.header })
    .sign(key);
}

export async function makeProofKey(): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { privateKey, jwk: await exportJWK(publicKey) };
}

/** A DPoP proof, made by hand so that each part can be wrong. */
export function proofOf(
  key: ProofKey,
  about: { method: string; url: string; nonce?: string; token?: string; claims?: Claims; header?: Claims },
): Promise<string> {
  const ath =
    about.token === undefined ? {} : { ath: createHash('sha256').update(about.token).digest('base64url') };
  const nonce = about.nonce === undefined ? {} : { nonce: about.nonce };
  const claims = { jti: randomUUID(), htm: about.method, htu: about.url, iat: seconds(), ...nonce, ...ath };
  return new SignJWT({ ...claims, ...about.claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...about.header })
    .sign(key.privateKey);
}

/** A form to an endpoint of the authorisation server; `at` may be another worker of the same issuer. */
export function post(
  at: string,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(at, {
    method: 'POST',
    body: new URLSearchParams(body),
    headers: { accept: 'application/json', ...headers },
  });
}

/** The parameters of a good pushed request, `undefined` leaves one out. */
export async function pushBody(
  client: TestClient,
  about: { issuer: string; params?: Readonly<Record<string, string | undefined>>; assertion?: string },
): Promise<Record<string, string>> {
  const params = {
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: client.redirectUri,
    scope: 'openid',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify([DETAIL]),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: about.assertion ?? (await assertionOf(client, about)),
    ...about.params,
  };
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The parameters of a good redemption. */
export async function redeemBody(
  client: TestClient,
  about: { issuer: string; code: string; params?: Readonly<Record<string, string>> },
): Promise<Record<string, string>> {
  return {
    grant_type: 'authorization_code',
    code: about.code,
    redirect_uri: client.redirectUri,
    code_verifier: VERIFIER,
    client_id: client.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(client, about),
    ...about.params,
  };
}

/** A nonce that the token endpoint takes now. */
export async function tokenNonce(client: TestClient, issuer: string): Promise<string> {
  const url = `${issuer}/oidc/token`;
  const body = await redeemBody(client, { issuer, code: 'none' });
  const response = await post(url, body, {
    dpop: await proofOf(await makeProofKey(), { method: 'POST', url }),
  });
  await response.arrayBuffer();
  return response.headers.get('dpop-nonce') ?? '';
}

/** Pushes a good request; answers where to send the browser. */
export async function push(
  client: TestClient,
  issuer: string,
  params: Readonly<Record<string, string>> = {},
): Promise<{ url: string; requestUri: string }> {
  const response = await post(`${issuer}/oidc/par`, await pushBody(client, { issuer, params }));
  const { request_uri: requestUri } = (await response.json()) as { request_uri: string };
  const query = new URLSearchParams({ client_id: client.clientId, request_uri: requestUri });
  return { requestUri, url: `${issuer}/oidc/auth?${query}` };
}

export async function makeResident(issuer: string): Promise<PlayedResident> {
  const passkey = await createSoftwarePasskey({ rpId: 'localhost', origin: issuer });
  return seatResident(createBrowser(issuer), passkey);
}

/** A code that a resident's consent just gave to a client. */
export async function obtainCode(
  house: TestHouse,
  client: TestClient,
  params: Readonly<Record<string, string>> = {},
): Promise<string> {
  const resident = await makeResident(house.issuer);
  const { url, requestUri } = await push(client, house.issuer, params);
  const uid = await openInteraction(resident.browser, url);
  await enrol(resident, { uid, code: house.registrar.issue(), name: 'Phone' });
  const detail = { ...DETAIL, consent_id: house.minted.get(requestUri) };
  const { redirectTo } = await resident.browser.call<{ redirectTo: string }>(
    'POST',
    `/interaction/${uid}/agree`,
    {
      detail,
    },
  );
  const host = new URL(client.redirectUri).host;
  const answer = await resident.browser.visit(redirectTo, (at) => at.host === host);
  return answer.searchParams.get('code') ?? '';
}

/** Tokens for a code. */
export async function obtainTokens(
  house: TestHouse,
  client: TestClient,
  key: ProofKey,
): Promise<{ access_token: string; refresh_token: string }> {
  const { issuer } = house;
  const url = `${issuer}/oidc/token`;
  const code = await obtainCode(house, client);
  const nonce = await tokenNonce(client, issuer);
  const dpop = await proofOf(key, { method: 'POST', url, nonce });
  const response = await post(url, await redeemBody(client, { issuer, code }), { dpop });
  return (await response.json()) as { access_token: string; refresh_token: string };
}
