import { CompactSign, importJWK } from 'jose';

/** A private key of ours on P-256, with the name under which the directory knows it. */
export type PrivateKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
  readonly kid: string;
};

/** The half that others may see. */
export type PublicKey = Omit<PrivateKey, 'd'>;

/** The public half of a key, and nothing more of it. */
export function publicHalf(key: PublicKey, use: 'sig' | 'enc') {
  const { kty, crv, x, y, kid } = key;
  return { kty, crv, x, y, kid, use };
}

/**
 * Signs JSON claims as the directory expects of a client.
 *
 * Shape   compact JWS, ES256, header alg, kid, typ
 * Source  RFC 7515 §3.1
 */
export async function signClaims(
  claims: object,
  by: { readonly key: PrivateKey; readonly typ: string },
): Promise<string> {
  const { kid, kty, crv, x, y, d } = by.key;
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid, typ: by.typ })
    .sign(await importJWK({ kty, crv, x, y, d }, 'ES256'));
}

/** Where the time comes from; the machine's clock unless a caller says otherwise. */
export type Clock = () => Date;

/** An instant as JOSE counts it. Units: seconds since 1970. */
export function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
