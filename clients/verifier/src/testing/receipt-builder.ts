import { encodeBase64url } from '../base64url.ts';
import { concat, utf8 } from '../bytes.ts';
import { canonicalJson } from '../canonical-json.ts';
import { jsonDigest, jsonHash, sha256, textDigest } from '../digest.ts';
import {
  type AssertionChanges,
  createTestKey,
  createTestPasskey,
  type TestKey,
  type TestPasskey,
} from './test-keys.ts';
import { createTestLog, type TestLog } from './test-log.ts';
import { createTestWitnesses, type TestWitnesses } from './test-witnesses.ts';

/** Everybody who signs something in a receipt. All of them are made up. */
export type Cast = {
  readonly anchor: TestKey;
  readonly consent: TestKey;
  readonly bank: TestKey;
  readonly provider: TestKey;
  readonly citizen: TestPasskey;
  /** its checkpoints are cosigned by the witnesses */
  readonly log: TestLog;
  readonly witnesses: TestWitnesses;
};

export const ISSUER = 'https://praya.example';
export const RP = { id: 'praya.example', origin: ISSUER };
const START = Date.parse('2026-03-02T09:00:00.000Z');

/** An instant of the story. Units: seconds after its start. */
export function storyInstant(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

/** The same instant as a NumericDate. */
export function storySeconds(seconds: number): number {
  return START / 1000 + seconds;
}

/** What a test may change before it is signed, so that only its meaning is wrong. */
export type Changes = {
  readonly kind?: 'exchange' | 'preview' | 'consent';
  readonly trust?: object;
  readonly document?: object;
  readonly assertion?: AssertionChanges;
  readonly signedDocument?: object;
  /** later revisions; `previous` and `revision` are filled in */
  readonly states?: readonly object[];
  readonly request?: object;
  readonly response?: object;
  readonly act?: object;
};

export type BuiltReceipt = {
  readonly type: string;
  readonly consent: string | null;
  readonly states: readonly string[];
  readonly request: string | null;
  readonly response: string | null;
  readonly act: { readonly [name: string]: unknown };
  readonly salt: string;
  readonly log: {
    readonly origin: string;
    readonly index: number;
    readonly proof: readonly string[];
    readonly checkpoint: string;
  };
  readonly trust: string;
};

/** Makes the keys of everybody. */
export async function createCast(): Promise<Cast> {
  const [anchor, consent, bank, provider, citizen, alone, witnesses] = await Promise.all([
    createTestKey('EdDSA'),
    createTestKey(),
    createTestKey(),
    createTestKey(),
    createTestPasskey(RP),
    createTestLog('praya.example/log'),
    createTestWitnesses(),
  ]);
  const log = { ...alone, checkpoint: async () => witnesses.cosign(await alone.checkpoint()) };
  return { anchor, consent, bank, provider, citizen, log, witnesses };
}

/** The trust list of the cast, before it is signed. */
export function trustListOf(cast: Cast) {
  const window = { validFrom: storyInstant(-86_400), validUntil: storyInstant(86_400), revokedAt: null };
  const name = localised('An organisation');
  const organisation = (id: string, clients: readonly string[], key: TestKey) => ({
    id,
    kind: 'department',
    name,
    clients,
    connector: null,
    keys: [{ kid: key.kid, use: 'sig', jwk: key.jwk, ...window }],
  });
  return {
    type: 'praya.trust-list.v1',
    issuer: ISSUER,
    sequence: 7,
    issuedAt: storyInstant(-60),
    validUntil: storyInstant(86_400),
    rp: { id: RP.id, origins: [RP.origin] },
    logs: [{ origin: cast.log.origin, vkey: cast.log.vkey }],
    witnessPolicy: cast.witnesses.policy,
    issuerKeys: [{ kid: cast.consent.kid, purpose: 'consent', jwk: cast.consent.jwk, ...window }],
    organisations: [
      organisation('org_bank', ['harbour-bank'], cast.bank),
      organisation('org_persons', [], cast.provider),
    ],
  };
}

/** A consent document, before anybody signs it. */
export function consentDocumentOf(cast: Cast) {
  return {
    type: 'praya.consent.v1',
    id: 'con_1',
    revision: 1,
    previous: null,
    issuer: ISSUER,
    recipient: {
      organisation: 'org_bank',
      client: 'harbour-bank',
      name: localised('Harbour Bank'),
      encryptionKey: cast.bank.jwk,
    },
    purpose: { code: 'account-opening', text: localised('Opening an account') },
    services: [
      {
        id: 'persons.identity',
        provider: 'org_persons',
        fields: ['dateOfBirth', 'nameEn'],
        subject: 'sealed.subject',
      },
    ],
    frequency: { max: 3, per: 'total' },
    retention: 'P180D',
    notBefore: storyInstant(0),
    expiresAt: storyInstant(3600),
    notice: { locale: 'en', digest: 'the digest of what she saw' },
  };
}

/** The consent token of a document: her passkey signs it, then the platform. */
export async function consentTokenOf(cast: Cast, document: object, changes: Changes = {}): Promise<string> {
  const challenge = await jsonHash(changes.signedDocument ?? document);
  const assertion = await cast.citizen.assert(challenge, changes.assertion);
  return cast.consent.sign('praya-consent+jws', { consent: document, assertion });
}

/** The chain of later revisions of a document. */
export async function stateChainOf(
  cast: Cast,
  document: object,
  states: readonly object[],
): Promise<readonly string[]> {
  const chain: string[] = [];
  let previous = await jsonDigest(document);
  for (const [at, change] of states.entries()) {
    const state = {
      type: 'praya.consent-state.v1',
      id: 'con_1',
      revision: at + 2,
      previous,
      by: 'citizen',
      ...change,
    };
    previous = await jsonDigest(state);
    chain.push(await cast.consent.sign('praya-consent-state+jws', state));
  }
  return chain;
}

/** A whole receipt that verifies, unless `changes` say otherwise. */
export async function buildReceipt(cast: Cast, changes: Changes = {}): Promise<BuiltReceipt> {
  const kind = changes.kind ?? 'exchange';
  const document = { ...consentDocumentOf(cast), ...changes.document };
  const consent = kind === 'preview' ? null : await consentTokenOf(cast, document, changes);
  const states = await stateChainOf(cast, document, changes.states ?? []);
  const request = kind === 'exchange' ? await requestOf(cast, changes.request) : null;
  const response = kind === 'consent' ? null : await responseOf(cast, { document, request, changes });
  const act = {
    type: 'praya.act.v1',
    id: 'act_1',
    kind,
    consent_digest: kind === 'preview' ? null : await jsonDigest(document),
    request_digest: request === null ? null : await textDigest(request),
    response_digest: response === null ? null : await textDigest(response),
    at: storyInstant(61),
    ...changes.act,
  };
  const trust = await cast.anchor.sign('praya-trust-list+jws', { ...trustListOf(cast), ...changes.trust });
  const { salt, log } = await logged(cast, act);
  return { type: 'praya.receipt.v1', consent, states, request, response, act, salt, log, trust };
}

async function requestOf(cast: Cast, changes: object = {}): Promise<string> {
  return cast.bank.sign('praya-data-request+jws', {
    iss: 'harbour-bank',
    aud: `${ISSUER}/exchange/v1`,
    jti: 'once',
    iat: storySeconds(60),
    exp: storySeconds(120),
    consent_id: 'con_1',
    service: 'persons.identity',
    ...changes,
  });
}

async function responseOf(
  cast: Cast,
  about: { readonly document: object; readonly request: string | null; readonly changes: Changes },
): Promise<string> {
  const exchange = about.request !== null;
  const typ = exchange ? 'praya-data-response+jws' : 'praya-preview-response+jws';
  return cast.provider.sign(typ, {
    iss: 'org_persons',
    aud: exchange ? 'harbour-bank' : null,
    act: 'act_1',
    consent: 'con_1',
    consent_digest: exchange ? await jsonDigest(about.document) : null,
    service: 'persons.identity',
    request_digest: about.request === null ? null : await textDigest(about.request),
    subject_digest: await textDigest('sealed.subject'),
    fields: ['dateOfBirth', 'nameEn'],
    schema_digest: await textDigest('the schema'),
    payload_digest: await textDigest('sealed.payload'),
    iat: storySeconds(61),
    ...about.changes.response,
  });
}

async function logged(cast: Cast, act: object): Promise<Pick<BuiltReceipt, 'salt' | 'log'>> {
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(32));
  const index = cast.log.append(await sha256(concat(salt, utf8(canonicalJson(act)))));
  const [proof, checkpoint] = await Promise.all([cast.log.proofOf(index), cast.log.checkpoint()]);
  return { salt: encodeBase64url(salt), log: { origin: cast.log.origin, index, proof, checkpoint } };
}

function localised(text: string) {
  return { en: text, 'zh-Hant': text, 'zh-Hans': text };
}
