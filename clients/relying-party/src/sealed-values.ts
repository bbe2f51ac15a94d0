import type { ResponseClaims } from '@praya/verifier/response';
import { instant, isObject, type JsonObject, members, oneOf } from '@praya/verifier/shape';
import { compactDecrypt, importJWK } from 'jose';
import { type Answer, answered, refused } from './problem.ts';
import type { PrivateKey } from './signature.ts';

/** What was sealed to us. */
export type OpenedValues = { readonly values: JsonObject; readonly asOf: string };

/**
 * Opens the sealed values and checks that they belong to the signed response around them.
 *
 * Shape   JWE typ `praya-data+jwe`, ECDH-ES, A256GCM, to the key of this `kid`
 * Errors  relying-party.sealed, relying-party.binding, relying-party.subject
 * Source  RFC 7516 §5.2; docs/formats.md §7
 */
export async function openValues(
  payload: string,
  about: { readonly key: PrivateKey; readonly claims: ResponseClaims },
): Promise<Answer<OpenedValues>> {
  const sealed = await decrypt(payload, about.key);
  if (sealed === null) return refused('relying-party.sealed');
  const { act, consent, service, subject_digest: subject } = about.claims;
  const isOurs = members({
    act: oneOf(act),
    consent: oneOf(consent ?? ''),
    service: oneOf(service),
    asOf: instant,
    values: isObject,
  });
  if (!isObject(sealed) || sealed.subject_digest !== subject) return refused('relying-party.subject');
  if (!isOurs(sealed)) return refused('relying-party.binding', 'inside the seal');
  return answered({ values: sealed.values, asOf: sealed.asOf });
}

async function decrypt(payload: string, key: PrivateKey): Promise<unknown> {
  const { kid, kty, crv, x, y, d } = key;
  try {
    const opened = await compactDecrypt(payload, await importJWK({ kty, crv, x, y, d }, 'ECDH-ES'), {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    const { protectedHeader: header, plaintext } = opened;
    if (header.typ !== 'praya-data+jwe' || header.kid !== kid || header.zip !== undefined) return null;
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
  } catch {
    return null;
  }
}
