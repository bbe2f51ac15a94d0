import { exportJWK, importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';

/** A relying party on plain openid-client: PAR, RAR, PKCE, DPoP, private_key_jwt, `iss`. Nothing here is Praya's. */
export type SignIn = {
  begin(about: { readonly details?: readonly object[]; readonly language: string }): Promise<Begun>;
  finish(answer: URL, pending: Pending): Promise<Finished>;
  /** access that has not run out: the same, or renewed by its refresh token */
  renew(access: Access): Promise<Renewed>;
  /** a fetch that carries the token and its proof */
  send(access: Access): Promise<ProtectedFetch>;
};

/** What must be remembered between asking and the answer. */
export type Pending = { readonly state: string; readonly nonce: string; readonly codeVerifier: string };

/** A token and the key that proves whose it is. */
export type Access = {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly refreshToken: string | null;
  readonly proofKey: { readonly privateKey: JWK; readonly publicKey: JWK };
};

/** Why there is no sign-in. `title` is the server's own word for it, where it had one. */
export type SignInProblem = {
  readonly kind: 'refused' | 'request-refused' | 'unreachable' | 'ended' | 'failed';
  readonly code: string;
  readonly title: string | null;
};

type Failed = { readonly ok: false; readonly problem: SignInProblem };
export type Begun = { readonly ok: true; readonly url: URL; readonly pending: Pending } | Failed;
export type Finished = { readonly ok: true; readonly signedIn: SignedIn } | Failed;
export type Renewed = { readonly ok: true; readonly access: Access } | Failed;
export type SignedIn = { readonly subject: string; readonly details: unknown; readonly access: Access };
export type ProtectedFetch = (
  url: URL,
  init: { method: string; body?: string; headers: Readonly<Record<string, string>> },
) => Promise<Response>;

const REDISCOVER_MS = 300_000;
const SPARE_MS = 15_000;

/** Gets ready; the server is discovered at the first sign-in and again every five minutes. */
export function createSignIn(about: {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signingKey: JWK;
}): SignIn {
  const configuration = discovering(about);
  const handleOf = async (access: Pick<Access, 'proofKey'>) =>
    oidc.getDPoPHandle(await configuration(), await keyPairOf(access.proofKey));
  return {
    begin: (asked) =>
      guarded(async () => {
        const pending = {
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          codeVerifier: oidc.randomPKCECodeVerifier(),
        };
        const url = await oidc.buildAuthorizationUrlWithPAR(await configuration(), {
          redirect_uri: about.redirectUri,
          scope: 'openid',
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
          code_challenge_method: 'S256',
          ui_locales: asked.language,
          ...(asked.details === undefined ? {} : { authorization_details: JSON.stringify(asked.details) }),
        });
        return { ok: true, url, pending };
      }),
    finish: (answer, pending) =>
      guarded(async () => {
        const proofKey = await newProofKey();
        const tokens = await oidc.authorizationCodeGrant(
          await configuration(),
          answer,
          {
            expectedState: pending.state,
            expectedNonce: pending.nonce,
            pkceCodeVerifier: pending.codeVerifier,
            idTokenExpected: true,
          },
          {},
          { DPoP: await handleOf({ proofKey }) },
        );
        const subject = tokens.claims()?.sub;
        if (subject === undefined) throw new Error('The ID token names no subject');
        const access = accessOf(tokens, { proofKey, refreshToken: null });
        return { ok: true, signedIn: { subject, details: tokens.authorization_details, access } };
      }),
    renew: (access) =>
      guarded(async () => {
        if (Date.parse(access.expiresAt) - SPARE_MS > Date.now()) return { ok: true, access };
        if (access.refreshToken === null) return failed('ended', 'invalid_grant');
        const DPoP = await handleOf(access);
        const tokens = await oidc.refreshTokenGrant(await configuration(), access.refreshToken, {}, { DPoP });
        return { ok: true, access: accessOf(tokens, access) };
      }),
    send: async (access) => {
      const config = await configuration();
      const DPoP = await handleOf(access);
      return (url, { method, body, headers }) =>
        oidc
          .fetchProtectedResource(config, access.accessToken, url, method, body, new Headers(headers), {
            DPoP,
          })
          .catch(answerOfChallenge);
    },
  };
}

function discovering(about: Parameters<typeof createSignIn>[0]): () => Promise<oidc.Configuration> {
  const { issuer, clientId, signingKey } = about;
  const discover = async () => {
    const key = await importJWK(signingKey, 'ES256');
    if (key instanceof Uint8Array) throw new TypeError('A signing key is not a secret');
    const named = signingKey.kid === undefined ? key : { key, kid: signingKey.kid };
    const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(new URL(issuer), clientId, {}, oidc.PrivateKeyJwt(named), { execute });
  };
  let known: { readonly at: number; readonly value: Promise<oidc.Configuration> } | undefined;
  return () => {
    if (known !== undefined && Date.now() - known.at < REDISCOVER_MS) return known.value;
    const value = discover();
    value.catch(() => {
      known = undefined;
    });
    known = { at: Date.now(), value };
    return value;
  };
}

async function newProofKey(): Promise<Access['proofKey']> {
  const pair = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
  const [privateKey, publicKey] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
  return { privateKey, publicKey };
}

async function keyPairOf(proofKey: Access['proofKey']): Promise<CryptoKeyPair> {
  const [privateKey, publicKey] = await Promise.all([
    importJWK(proofKey.privateKey, 'ES256'),
    importJWK(proofKey.publicKey, 'ES256', { extractable: true }),
  ]);
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array)
    throw new TypeError('Not a key pair');
  return { privateKey, publicKey };
}

function accessOf(
  tokens: Awaited<ReturnType<typeof oidc.refreshTokenGrant>>,
  before: Pick<Access, 'proofKey' | 'refreshToken'>,
): Access {
  return {
    accessToken: tokens.access_token,
    expiresAt: new Date(Date.now() + (tokens.expiresIn() ?? 60) * 1000).toISOString(),
    refreshToken: tokens.refresh_token ?? before.refreshToken,
    proofKey: before.proofKey,
  };
}

function answerOfChallenge(error: unknown): Response {
  if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
  throw error;
}

async function guarded<T>(run: () => Promise<T | Failed>): Promise<T | Failed> {
  try {
    return await run();
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): Failed {
  if (error instanceof oidc.AuthorizationResponseError) {
    const { error: code, error_description: title } = error;
    if (code === 'access_denied') return failed('refused', code);
    const away = code === 'server_error' || code === 'temporarily_unavailable';
    return failed(away ? 'unreachable' : 'request-refused', code, title);
  }
  if (error instanceof oidc.ResponseBodyError) {
    const { error: code, error_description: title, status } = error;
    if (code === 'invalid_grant') return failed('ended', code, title);
    return failed(status >= 500 ? 'unreachable' : 'request-refused', code, title);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  const away = error instanceof TypeError && error.message === 'fetch failed';
  const unfit = code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM';
  return away || unfit ? failed('unreachable', 'unreachable') : failed('failed', code);
}

function failed(kind: SignInProblem['kind'], code: string, title?: string): Failed {
  return { ok: false, problem: { kind, code, title: title ?? null } };
}
