import { importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';

/** The private keys of a relying party, as the city wrote them for its bank. */
export type BankKeys = { readonly signing: JWK; readonly encryption: JWK };

/** A bank at its own server, on plain openid-client. */
export type PlayedBank = {
  readonly config: oidc.Configuration;
  readonly redirectUri: string;
  readonly keys: BankKeys;
  readonly clientId: string;
};

/** What the bank must remember between asking and the answer. */
export type Asked = {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
};

/** What it holds afterwards. */
export type Granted = {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly subject: string;
  readonly details: readonly {
    consent_id: string;
    services: readonly { id: string; fields: readonly string[] }[];
  }[];
  readonly DPoP: oidc.DPoPHandle;
};

/** Discovers the issuer and gets ready to authenticate with `private_key_jwt`. */
export async function openBank(about: {
  issuer: string;
  clientId: string;
  redirectUri: string;
  keys: BankKeys;
}): Promise<PlayedBank> {
  const key = await importJWK(about.keys.signing, 'ES256');
  if (key instanceof Uint8Array) throw new TypeError('A signing key is not a secret');
  const { kid } = about.keys.signing;
  const config = await oidc.discovery(
    new URL(about.issuer),
    about.clientId,
    {},
    oidc.PrivateKeyJwt(kid === undefined ? key : { key, kid }),
    { execute: about.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [] },
  );
  return { config, redirectUri: about.redirectUri, keys: about.keys, clientId: about.clientId };
}

/** Pushes the authorisation request; the answer says where to send the resident. */
export async function askFor(bank: PlayedBank, detail: object): Promise<Asked> {
  const [state, nonce, codeVerifier] = [
    oidc.randomState(),
    oidc.randomNonce(),
    oidc.randomPKCECodeVerifier(),
  ];
  const url = await oidc.buildAuthorizationUrlWithPAR(bank.config, {
    redirect_uri: bank.redirectUri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify([detail]),
  });
  return { url, state, nonce, codeVerifier };
}

/** Redeems the answer that came back through her browser. */
export async function redeem(bank: PlayedBank, asked: Asked, answer: URL): Promise<Granted> {
  const DPoP = oidc.getDPoPHandle(bank.config, await oidc.randomDPoPKeyPair('ES256'));
  const tokens = await oidc.authorizationCodeGrant(
    bank.config,
    answer,
    { expectedState: asked.state, expectedNonce: asked.nonce, pkceCodeVerifier: asked.codeVerifier },
    {},
    { DPoP },
  );
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    subject: tokens.claims()?.sub ?? '',
    details: detailsOf(tokens.authorization_details),
    DPoP,
  };
}

function detailsOf(details: unknown): Granted['details'] {
  return Array.isArray(details) ? details : [];
}
