import { encodeBase64url } from '@praya/verifier/base64url';
import { concat, utf8 } from '@praya/verifier/bytes';
import { canonicalJson } from '@praya/verifier/canonical-json';
import { jsonDigest, sha256, textDigest } from '@praya/verifier/digest';
import { decodeJws } from '@praya/verifier/jws';
import {
  type Cast,
  consentDocumentOf,
  consentTokenOf,
  createCast,
  ISSUER,
  storyInstant,
  storySeconds,
  trustListOf,
} from '@praya/verifier/testing';
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { DataQuestion, SendInit } from '../fetch-data.ts';
import type { PrivateKey } from '../signature.ts';

export { ISSUER };
export const CLIENT = 'harbour-bank';
export const SERVICE = 'persons.identity';
export const VALUES = { dateOfBirth: '1985-04-12', nameEn: 'CHAN, Siu Ming' };
const SUBJECT = 'sealed.subject';

/** What a test may change, so that only one thing is wrong. */
export type Faults = {
  readonly values?: object;
  readonly inside?: object;
  readonly response?: object;
  readonly signer?: 'bank' | 'provider';
  readonly sealTo?: PrivateKey;
  readonly answer?: object;
  readonly receipt?: object;
  readonly entry?: object;
  readonly trust?: object;
};

/** An exchange with one consent, one provider and a log, that answers as it is told. */
export type Gateway = {
  readonly cast: Cast;
  readonly keys: { readonly signing: PrivateKey; readonly encryption: PrivateKey };
  readonly question: (faults?: Faults) => DataQuestion;
};

/** Makes a private key of a relying party. */
export async function createPrivateKey(kid: string): Promise<PrivateKey> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const { x = '', y = '', d = '' } = await exportJWK(pair.privateKey);
  return { kty: 'EC', crv: 'P-256', x, y, d, kid };
}

/** Opens the gateway. */
export async function createGateway(): Promise<Gateway> {
  const cast = await createCast();
  const [signing, encryption] = await Promise.all([
    createPrivateKey('bank-sig-1'),
    createPrivateKey('bank-enc-1'),
  ]);
  const keys = { signing, encryption };
  const question = (faults: Faults = {}): DataQuestion => ({
    issuer: ISSUER,
    anchor: cast.anchor,
    clientId: CLIENT,
    signingKey: signing,
    encryptionKey: encryption,
    consentId: 'con_1',
    service: SERVICE,
    expectedFields: ['nameEn', 'dateOfBirth'],
    now: () => new Date(storyInstant(60)),
    send: async (_url, init) => Response.json(await answerTo(init, { cast, keys, faults })),
  });
  return { cast, keys, question };
}

type Scene = { readonly cast: Cast; readonly keys: Gateway['keys']; readonly faults: Faults };

async function answerTo(init: SendInit, { cast, keys, faults }: Scene): Promise<object> {
  const { request } = JSON.parse(init.body);
  if (!decodeJws(request).ok) throw new Error('That is no data request');
  const document = consentDocumentOf(cast);
  const payload = await sealedFor(faults.sealTo ?? keys.encryption, { kid: keys.encryption.kid, faults });
  const claims = {
    iss: 'org_persons',
    aud: CLIENT,
    act: 'act_1',
    consent: 'con_1',
    consent_digest: await jsonDigest(document),
    service: SERVICE,
    request_digest: await textDigest(request),
    subject_digest: await textDigest(SUBJECT),
    fields: ['dateOfBirth', 'nameEn'],
    schema_digest: await textDigest('the schema'),
    payload_digest: await textDigest(payload),
    iat: storySeconds(61),
    ...faults.response,
  };
  const response = await cast[faults.signer ?? 'provider'].sign('praya-data-response+jws', claims, {
    kid: cast.provider.kid,
  });
  const receipt = await receiptOf({ document, request, response }, { cast, keys, faults });
  return { act: 'act_1', response, payload, receipt: { ...receipt, ...faults.receipt }, ...faults.answer };
}

async function sealedFor(key: PrivateKey, about: { kid: string; faults: Faults }): Promise<string> {
  const inside = {
    act: 'act_1',
    consent: 'con_1',
    service: SERVICE,
    subject_digest: await textDigest(SUBJECT),
    issuedAt: storyInstant(61),
    asOf: storyInstant(61),
    values: about.faults.values ?? VALUES,
    ...about.faults.inside,
  };
  const { kty, crv, x, y } = key;
  return new CompactEncrypt(utf8(canonicalJson(inside)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: about.kid, typ: 'praya-data+jwe' })
    .encrypt(await importJWK({ kty, crv, x, y }, 'ECDH-ES'));
}

async function receiptOf(
  pieces: { readonly document: object; readonly request: string; readonly response: string },
  { cast, keys, faults }: Scene,
): Promise<object> {
  const { document, request, response } = pieces;
  const act = {
    type: 'praya.act.v1',
    id: 'act_1',
    kind: 'exchange',
    consent_digest: await jsonDigest(document),
    request_digest: await textDigest(request),
    response_digest: await textDigest(response),
    at: storyInstant(61),
  };
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(32));
  const entry = await sha256(concat(salt, utf8(canonicalJson({ ...act, ...faults.entry }))));
  const index = cast.log.append(entry);
  const [proof, checkpoint] = await Promise.all([cast.log.proofOf(index), cast.log.checkpoint()]);
  return {
    type: 'praya.receipt.v1',
    consent: await consentTokenOf(cast, document),
    states: [],
    request,
    response,
    act,
    salt: encodeBase64url(salt),
    log: { origin: cast.log.origin, index, proof, checkpoint },
    trust: await cast.anchor.sign('praya-trust-list+jws', { ...listWith(cast, keys), ...faults.trust }),
  };
}

/** The trust list of the cast, with the keys that this bank really holds and an events key. */
export function listWith(cast: Cast, keys: Gateway['keys']) {
  const list = trustListOf(cast);
  const [consentKey] = list.issuerKeys;
  const { kid, x, y } = keys.signing;
  const organisations = list.organisations.map((organisation) => ({
    ...organisation,
    keys: organisation.keys.map((key) =>
      organisation.id === 'org_bank' ? { ...key, kid, jwk: { kty: 'EC', crv: 'P-256', x, y } } : key,
    ),
  }));
  const issuerKeys = [consentKey, { ...consentKey, purpose: 'events' }];
  return { ...list, organisations, issuerKeys };
}
