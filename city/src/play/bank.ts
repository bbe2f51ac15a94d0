import { authorizationDetail } from '@praya/relying-party/authorization-detail';
import type { CheckedData } from '@praya/relying-party/check';
import { fetchData, type Send } from '@praya/relying-party/fetch-data';
import type { Answer } from '@praya/relying-party/problem';
import type { PrivateKey } from '@praya/relying-party/signature';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { importJWK } from 'jose';
import * as oidc from 'openid-client';
/** The private keys of a relying party, as the city wrote them for its bank. */
export type BankKeys = { readonly signing: PrivateKey; readonly encryption: PrivateKey };

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

/** Another access token by the refresh token, where the one at hand has ended. */
export async function renew(bank: PlayedBank, granted: Granted): Promise<Granted> {
  if (granted.refreshToken === undefined) throw new TypeError('There is no refresh token');
  const { DPoP } = granted;
  const tokens = await oidc.refreshTokenGrant(bank.config, granted.refreshToken, undefined, { DPoP });
  return { ...granted, accessToken: tokens.access_token };
}

/** Sends to the exchange under the token, with its DPoP proof. */
export function sendUnder(bank: PlayedBank, granted: Granted): Send {
  return (url, { method, body, headers }) =>
    oidc
      .fetchProtectedResource(bank.config, granted.accessToken, url, method, body, new Headers(headers), {
        DPoP: granted.DPoP,
      })
      .catch(answerOfChallenge);
}

// The library throws where a challenge comes with the answer; for us it is an answer.
function answerOfChallenge(error: unknown): Response {
  if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
  throw error;
}

function detailsOf(details: unknown): Granted['details'] {
  return Array.isArray(details) ? details : [];
}

/** What the bank asks for when somebody opens an account. */
export function accountOpening(
  bank: PlayedBank,
  about: { issuer: string; expiresAt: Date; perDay?: number },
): ReturnType<typeof authorizationDetail> {
  return authorizationDetail({
    issuer: about.issuer,
    services: [
      {
        id: 'persons.particulars',
        required: ['nameEn', 'dateOfBirth'],
        optional: ['nameZh', 'sex', 'mobile'],
      },
      { id: 'rates.address', required: ['addressEn'], optional: ['addressZh', 'rateableValue'] },
      { id: 'companies.directorships', required: [], optional: ['directorships'] },
    ],
    purpose: 'account-opening',
    frequency: { max: about.perDay ?? 20, per: 'day' },
    expiresAt: about.expiresAt,
    retentionDays: 180,
    encryptionKey: bank.keys.encryption,
  });
}

/** Asks the exchange for one service and checks the whole answer. */
export function askExchange(
  bank: PlayedBank,
  about: { issuer: string; anchor: TrustAnchor; granted: Granted; service: string; consentId?: string },
): Promise<Answer<CheckedData>> {
  const { granted, issuer, anchor, service } = about;
  const grant = granted.details[0];
  return fetchData({
    issuer,
    anchor,
    clientId: bank.clientId,
    signingKey: bank.keys.signing,
    encryptionKey: bank.keys.encryption,
    consentId: about.consentId ?? grant?.consent_id ?? '',
    service,
    expectedFields: grant?.services.find(({ id }) => id === service)?.fields ?? [],
    send: sendUnder(bank, granted),
  });
}
