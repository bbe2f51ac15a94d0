import { canonicalJson } from '@praya/kernel/canonical';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import type { OpeningKey, SecretKey } from './keys.ts';

const text = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Whom something is sealed to: a public key on P-256. */
export type SealingKey = {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly kid?: string | undefined;
};

/**
 * Seals bytes to a public key.
 *
 * Shape   compact JWE, ECDH-ES with A256GCM
 * Source  RFC 7516 §3.1, RFC 7518 §4.6
 */
export async function sealTo(
  recipient: SealingKey,
  about: { readonly typ: string; readonly content: unknown },
): Promise<string> {
  const { kty, crv, x, y, kid } = recipient;
  const jwk: JWK = { kty, crv, x, y };
  return new CompactEncrypt(text.encode(contentOf(about.content)))
    .setProtectedHeader({
      alg: 'ECDH-ES',
      enc: 'A256GCM',
      typ: about.typ,
      ...(kid === undefined ? {} : { kid }),
    })
    .encrypt(await importJWK(jwk, 'ECDH-ES'));
}

/** The text that was sealed to one of these keys, undefined for everything else. */
export async function openSealed(
  jwe: string,
  keys: readonly OpeningKey[],
  typ?: string,
): Promise<string | undefined> {
  const header = headerOf(jwe);
  const key = keys.find(({ kid }) => kid === header?.kid);
  if (key === undefined || (typ !== undefined && header?.typ !== typ)) return undefined;
  return decrypted(jwe, key.privateKey, { keyManagementAlgorithms: ['ECDH-ES'] });
}

/** Seals a value to ourselves; two seals of one value do not resemble each other. */
export async function sealToSelf(
  key: SecretKey,
  about: { readonly typ: string; readonly content: unknown },
): Promise<string> {
  return new CompactEncrypt(text.encode(contentOf(about.content)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: about.typ, kid: key.kid })
    .encrypt(key.secret);
}

/** What we sealed to ourselves, undefined for everything else. */
export async function openOwn(
  jwe: string,
  keys: readonly SecretKey[],
  typ: string,
): Promise<string | undefined> {
  const header = headerOf(jwe);
  const key = keys.find(({ kid }) => kid === header?.kid);
  if (key === undefined || header?.typ !== typ) return undefined;
  return decrypted(jwe, key.secret, { keyManagementAlgorithms: ['dir'] });
}

function contentOf(content: unknown): string {
  return typeof content === 'string' ? content : canonicalJson(content);
}

function headerOf(jwe: string): { kid?: string; typ?: string } | undefined {
  try {
    const { kid, typ } = decodeProtectedHeader(jwe);
    return { ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ }) };
  } catch {
    return undefined;
  }
}

async function decrypted(
  jwe: string,
  key: Parameters<typeof compactDecrypt>[1],
  algorithms: { keyManagementAlgorithms: string[] },
): Promise<string | undefined> {
  try {
    const options = { ...algorithms, contentEncryptionAlgorithms: ['A256GCM'] };
    return strictUtf8.decode((await compactDecrypt(jwe, key, options)).plaintext);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}
