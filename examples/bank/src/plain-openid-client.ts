import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';

/** Everything that an unmodified openid-client needs to sign a resident in. `openBrowser` answers where she came back. */
export type PlainSignIn = {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signingKey: JWK;
  readonly openBrowser: (url: URL) => Promise<URL>;
};

/** Signs a resident in, without a line of Praya's code; answers the subject that this client knows her by. */
export async function signInWithPlainClient(about: PlainSignIn): Promise<string> {
  const key = await importJWK(about.signingKey, 'ES256');
  if (key instanceof Uint8Array) throw new TypeError('A signing key is not a secret');
  const { kid } = about.signingKey;
  const config = await oidc.discovery(
    new URL(about.issuer),
    about.clientId,
    {},
    oidc.PrivateKeyJwt(kid === undefined ? key : { key, kid }),
    { execute: about.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [] },
  );
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const codeVerifier = oidc.randomPKCECodeVerifier();
  const url = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: about.redirectUri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  const tokens = await oidc.authorizationCodeGrant(
    config,
    await about.openBrowser(url),
    { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
    {},
    { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) },
  );
  const subject = tokens.claims()?.sub;
  if (subject === undefined) throw new Error('The ID token names no subject');
  return subject;
}

/** As a script: shows the address to open, waits on the redirect URI, prints the subject. */
async function main(file: string): Promise<void> {
  const { issuer, clientId, origin, keysFile } = JSON.parse(readFileSync(file, 'utf8'));
  const redirectUri = `${origin}/callback`;
  const openBrowser = (url: URL) =>
    new Promise<URL>((settle) => {
      const server = createServer((request, response) => {
        response.end('Signed in. You can close this page.');
        server.close();
        settle(new URL(request.url ?? '/', origin));
      });
      server.listen(Number(new URL(origin).port), 'localhost', () => console.log(`Open ${url.href}`));
    });
  const { signing: signingKey } = JSON.parse(readFileSync(keysFile, 'utf8'));
  console.log(await signInWithPlainClient({ issuer, clientId, redirectUri, signingKey, openBrowser }));
}

// node plain-openid-client.ts <config.json of the bank>, while the bank itself does not run
if (import.meta.main && process.argv[2] !== undefined) await main(process.argv[2]);
