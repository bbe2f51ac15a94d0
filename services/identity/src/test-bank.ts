import { importJWK } from 'jose';
import * as oidc from 'openid-client';
import type { TestClient } from './test-house.ts';

/** A relying party on plain openid-client, with no code of ours. */
export type PlainBank = { readonly config: oidc.Configuration; readonly redirectUri: string };
export type Asked = {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
};

export async function openBank(issuer: string, client: TestClient): Promise<PlainBank> {
  const { kid } = client.signing;
  const key = (await importJWK(client.signing, 'ES256')) as CryptoKey;
  const auth = oidc.PrivateKeyJwt({ key, kid });
  const execute = [oidc.allowInsecureRequests];
  const config = await oidc.discovery(new URL(issuer), client.clientId, {}, auth, { execute });
  return { config, redirectUri: client.redirectUri };
}

export async function askFor(bank: PlainBank, detail: object | null): Promise<Asked> {
  const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
  const url = await oidc.buildAuthorizationUrlWithPAR(bank.config, {
    redirect_uri: bank.redirectUri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(detail === null ? {} : { authorization_details: JSON.stringify([detail]) }),
  });
  return { url, state, nonce, verifier };
}

export async function redeem(bank: PlainBank, asked: Asked, answer: URL) {
  const DPoP = oidc.getDPoPHandle(bank.config, await oidc.randomDPoPKeyPair('ES256'));
  const checks = { expectedState: asked.state, expectedNonce: asked.nonce, pkceCodeVerifier: asked.verifier };
  const tokens = await oidc.authorizationCodeGrant(bank.config, answer, checks, {}, { DPoP });
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    subject: tokens.claims()?.sub ?? '',
    details: tokens.authorization_details,
    DPoP,
  };
}
