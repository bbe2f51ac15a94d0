import type { KeyObject } from 'node:crypto';
import { importJWK } from 'jose';
import * as oidc from 'openid-client';

/** The portal as an ordinary relying party of identity. */
export type PortalClient = {
  /** Where the browser goes to sign in. */
  begin(about: { state: string; nonce: string; codeVerifier: string; language: string }): Promise<URL>;
  /** The subject that the answer names: to the portal, which is the city's own, identity names the person. */
  finish(about: { url: URL; state: string; nonce: string; codeVerifier: string }): Promise<string>;
};

export const PORTAL_CLIENT_ID = 'praya-portal';

/** Made once a process; discovery waits until the first sign-in, when the server surely listens. */
export function createPortalClient(about: {
  readonly issuer: string;
  readonly signingKey: () => Promise<{ privateKey: KeyObject; kid: string }>;
}): PortalClient {
  const redirectUri = `${about.issuer}/session/callback`;
  const configuration = async () => {
    const { privateKey, kid } = await about.signingKey();
    const key = await importJWK(privateKey.export({ format: 'jwk' }), 'ES256');
    if (key instanceof Uint8Array) throw new TypeError('A signing key is not a secret');
    const insecure = about.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(
      new URL(about.issuer),
      PORTAL_CLIENT_ID,
      { use_mtls_endpoint_aliases: false },
      oidc.PrivateKeyJwt({ key, kid }),
      { execute: insecure },
    );
  };
  let known: { at: number; value: Promise<oidc.Configuration> } | undefined;
  const current = () => {
    if (known === undefined || Date.now() - known.at > 300_000) {
      const value = configuration();
      value.catch(() => {
        known = undefined;
      });
      known = { at: Date.now(), value };
    }
    return known.value;
  };
  return {
    async begin({ state, nonce, codeVerifier, language }) {
      return oidc.buildAuthorizationUrlWithPAR(await current(), {
        redirect_uri: redirectUri,
        scope: 'openid',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ui_locales: language,
      });
    },
    async finish({ url, state, nonce, codeVerifier }) {
      const config = await current();
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
      const tokens = await oidc.authorizationCodeGrant(
        config,
        url,
        { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier },
        {},
        { DPoP },
      );
      const subject = tokens.claims()?.sub;
      if (subject === undefined) throw new Error('The ID token names no subject');
      return subject;
    },
  };
}
