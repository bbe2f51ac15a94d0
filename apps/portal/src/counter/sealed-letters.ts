import { thumbprint } from '@praya/verifier/jwk';
import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { get, post } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';

/** What the register says of a person, opened in the officer's browser. */
export type Found =
  | {
      readonly found: true;
      readonly nameEn: string;
      readonly nameZh: string | null;
      readonly dateOfBirth: string;
    }
  | { readonly found: false };
export type LookedUp = { readonly lookup: string; readonly answer: Found; readonly replyKey: CryptoKey };
export type IssuedCode = { readonly code: string; readonly expiresAt: string };

type RegisterKey = { readonly organisationId: string; readonly jwk: JWK };

/** Asks the register for a person. Query and answer are sealed between this browser and the register. */
export async function lookUp(about: { idNo: string; dateOfBirth: string }): Promise<LookedUp> {
  const register = await get<RegisterKey>('/api/counter/register-key');
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  const query = await sealQuery({ ...about, replyTo: await replyAddress(pair.publicKey) }, register.jwk);
  const { lookup, answer } = await post<{ lookup: string; answer: string }>('/api/counter/lookups', {
    query,
  });
  return { lookup, answer: await open<Found>(answer, pair.privateKey), replyKey: pair.privateKey };
}

/** A code for the person who was looked up, sealed to the same browser. */
export async function issueCode(lookedUp: LookedUp): Promise<IssuedCode> {
  const issued = await post<{ code: string; expiresAt: string }>('/api/counter/enrolments', {
    lookup: lookedUp.lookup,
  });
  const { code } = await open<{ code: string }>(issued.code, lookedUp.replyKey);
  return { code, expiresAt: issued.expiresAt };
}

async function replyAddress(key: CryptoKey) {
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', key);
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { ...jwk, kid: await thumbprint(jwk) };
}

async function sealQuery(query: object, to: JWK): Promise<string> {
  const { kty, crv, x, y, kid = '' } = to;
  const key = await importJWK({ kty, crv, x, y } as JWK, 'ECDH-ES');
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(query)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'praya-query+jwe', kid })
    .encrypt(key);
}

async function open<T>(jwe: string, key: CryptoKey): Promise<T> {
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch (cause) {
    throw new SaidError('counter.unreadable', { cause });
  }
}
