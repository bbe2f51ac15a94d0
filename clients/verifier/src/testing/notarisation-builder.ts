import { encodeBase64url } from '../base64url.ts';
import { type Bytes, utf8 } from '../bytes.ts';
import { canonicalJson } from '../canonical-json.ts';
import { jsonDigest, sha256 } from '../digest.ts';
import { type Cast, createCast, storyInstant, trustListOf } from './receipt-builder.ts';
import { testStatement } from './test-cose.ts';
import { createTestKey, type TestKey } from './test-keys.ts';

/** The cast of receipts, and a notary. */
export type NotaryCast = Cast & { readonly notary: TestKey };

export type BuiltNotarisation = {
  readonly type: string;
  readonly record: string;
  readonly statements: readonly { readonly statement: string; readonly proof: string }[];
  readonly trust: string;
};

/** What a test may change before it is signed, so that only its meaning is wrong. */
export type NotarisationChanges = {
  /** one for each statement, laid over what it would say; `revision` and `previous` are filled in */
  readonly statements?: readonly object[];
  readonly trust?: object;
  readonly signer?: TestKey;
  readonly claims?: { readonly issuer?: string; readonly subject?: string; readonly contentType?: string };
  readonly unprotected?: ReadonlyMap<number, string>;
  /** the JSON of each statement, instead of the canonical one */
  readonly json?: (content: object) => string;
};

/** Makes the keys of everybody. */
export async function createNotaryCast(): Promise<NotaryCast> {
  const [cast, notary] = await Promise.all([createCast(), createTestKey()]);
  return { ...cast, notary };
}

/** The trust list of the cast, with the notary's key. */
export function notaryTrustListOf(cast: NotaryCast) {
  const list = trustListOf(cast);
  const { kid, jwk } = cast.notary;
  const window = { validFrom: storyInstant(-86_400), validUntil: storyInstant(86_400), revokedAt: null };
  return { ...list, issuerKeys: [...list.issuerKeys, { kid, purpose: 'notary', jwk, ...window }] };
}

/** A licence that was issued, suspended and reinstated. */
export const STORY: readonly object[] = [
  { state: 'active', at: storyInstant(0) },
  { state: 'suspended', at: storyInstant(60), reason: 'A fee is not paid' },
  { state: 'active', at: storyInstant(120) },
];

/** The digest of the document of which the story tells. */
export function storyDigest(): Promise<string> {
  return jsonDigest({ licence: 'for a food stall' });
}

/** A whole receipt that verifies, unless `changes` say otherwise. */
export async function buildNotarisation(
  cast: NotaryCast,
  changes: NotarisationChanges = {},
): Promise<BuiltNotarisation> {
  const digest = await storyDigest();
  const statements: { statement: string; proof: string }[] = [];
  let previous: string | null = null;
  for (const [at, change] of (changes.statements ?? STORY).entries()) {
    const content = {
      type: 'praya.notarisation.v1',
      issuer: 'org_persons',
      record: 'ntr_1',
      revision: at + 1,
      previous,
      kind: 'licence',
      digest,
      state: 'active',
      reason: null,
      at: storyInstant(60 * at),
      effectiveFrom: null,
      salt: encodeBase64url(globalThis.crypto.getRandomValues(new Uint8Array(32))),
      ...change,
    };
    previous = await jsonDigest(content);
    statements.push(await logged(cast, await signedStatement(cast, content, changes)));
  }
  const trust = await cast.anchor.sign('praya-trust-list+jws', {
    ...notaryTrustListOf(cast),
    ...changes.trust,
  });
  return { type: 'praya.notarisation-receipt.v1', record: 'ntr_1', statements, trust };
}

function signedStatement(
  cast: NotaryCast,
  content: { readonly issuer: string; readonly record: string },
  changes: NotarisationChanges,
): Promise<Bytes> {
  const { json = canonicalJson, signer = cast.notary, unprotected } = changes;
  return testStatement(signer, {
    issuer: content.issuer,
    subject: content.record,
    payload: utf8(json(content)),
    ...changes.claims,
    ...(unprotected === undefined ? {} : { unprotected }),
  });
}

async function logged(cast: NotaryCast, statement: Bytes) {
  const index = cast.log.append(await sha256(statement));
  const proof = await proofTextOf(cast, index);
  return { statement: encodeBase64url(statement), proof };
}

/** The text of the proof of an entry, under the log's newest checkpoint. */
export async function proofTextOf(cast: Cast, index: number): Promise<string> {
  const [hashes, checkpoint] = await Promise.all([cast.log.proofOf(index), cast.log.checkpoint()]);
  return ['c2sp.org/tlog-proof@v1', `index ${index}`, ...hashes, '', checkpoint].join('\n');
}
