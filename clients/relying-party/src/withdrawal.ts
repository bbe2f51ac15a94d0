import { type Clock, type PrivateKey, secondsOf, signClaims } from './signature.ts';

/**
 * Signs that we give a consent back: the body of `POST {issuer}/consent/v1/withdrawals` is `{ withdrawal }`.
 * It needs no access token.
 *
 * Shape   JWS typ `praya-withdrawal+jws`, good for a minute, serves once
 * Source  docs/formats.md §2
 */
export function withdrawal(about: {
  readonly clientId: string;
  readonly issuer: string;
  readonly consentId: string;
  readonly signingKey: PrivateKey;
  readonly now?: Clock;
}): Promise<string> {
  const claims = {
    iss: about.clientId,
    aud: about.issuer,
    consent_id: about.consentId,
    iat: secondsOf((about.now ?? (() => new Date()))()),
    jti: globalThis.crypto.randomUUID(),
  };
  return signClaims(claims, { key: about.signingKey, typ: 'praya-withdrawal+jws' });
}
