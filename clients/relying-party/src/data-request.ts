import { type Clock, type PrivateKey, secondsOf, signClaims } from './signature.ts';

const LIFE_SECONDS = 60;

/** One question: the data of one service under one consent. */
export type Question = {
  readonly clientId: string;
  readonly issuer: string;
  readonly consentId: string;
  readonly service: string;
  readonly signingKey: PrivateKey;
  readonly now?: Clock;
};

/**
 * Signs a data request. It lives for a minute and serves once.
 *
 * Shape   JWS typ `praya-data-request+jws`
 * Source  docs/formats.md §5
 */
export function signDataRequest(question: Question): Promise<string> {
  const iat = secondsOf((question.now ?? (() => new Date()))());
  const claims = {
    iss: question.clientId,
    aud: `${question.issuer}/exchange/v1`,
    jti: globalThis.crypto.randomUUID(),
    iat,
    exp: iat + LIFE_SECONDS,
    consent_id: question.consentId,
    service: question.service,
  };
  return signClaims(claims, { key: question.signingKey, typ: 'praya-data-request+jws' });
}
