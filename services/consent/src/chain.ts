import { canonicalJson, digest } from '@praya/kernel/canonical';
import { claimedKeyId, verifyJws } from '@praya/kernel/jws';
import type { PublishedKey } from '@praya/kernel/keyring';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { Assertion, ConsentDocument, type ConsentState, type ConsentStateDocument } from './contract.ts';
import { countsAt } from './rules.ts';
import type { ConsentRow, RevisionRow } from './store.ts';

export const TOKEN_TYPE = 'praya-consent+jws';
export const STATE_TYPE = 'praya-consent-state+jws';

export const HOLDER_TYPE = 'praya-consent-holder+jws';

const TokenPayload = Type.Object(
  { consent: ConsentDocument, assertion: Assertion },
  { additionalProperties: false },
);
const STATES = ['active', 'paused', 'revoked', 'expired'];

/** A chain that holds. */
export type VerifiedChain = {
  readonly document: ConsentDocument;
  readonly digest: string;
  readonly token: string;
  readonly states: readonly string[];
  readonly state: ConsentState;
};

/**
 * Follows a stored chain from the token to its last state: every signature, every link, every id, and that the
 * columns beside it say the same. Answers where it breaks.
 */
export async function verifyChain(
  stored: { row: ConsentRow; revisions: readonly RevisionRow[]; tombstoned: boolean },
  keys: readonly PublishedKey[],
): Promise<VerifiedChain | { readonly broken: string }> {
  const { row, revisions } = stored;
  const [first, ...later] = revisions;
  if (first === undefined) return { broken: 'no token' };
  const document = await verifyToken(first, keys);
  if (document === undefined || !belongs(document, row)) return { broken: 'token' };
  const payload = await verified(row.holder ?? '', { typ: HOLDER_TYPE, keys, instant: instantOf(document) });
  const holder = holderOf(row, first.digest);
  if (payload === undefined || canonicalJson(payload) !== canonicalJson(holder)) return { broken: 'holder' };
  let state: ConsentState = 'active';
  let previous = first.digest;
  for (const [index, revision] of later.entries()) {
    const next = await verifyState(revision, { keys, id: row.id, revision: index + 2, previous });
    if (next === undefined) return { broken: `revision ${index + 2}` };
    state = next.state;
    previous = revision.digest;
  }
  if (row.revision !== revisions.length) return { broken: 'revision column' };
  if (row.state !== state) return { broken: 'state column' };
  if (stored.tombstoned && state !== 'revoked') return { broken: 'tombstone' };
  const states = later.map(({ jws }) => jws);
  return { document, digest: first.digest, token: first.jws, states, state };
}

/** Whose a consent is. The document cannot say so, since its recipient would learn a lasting name of hers. */
export function holderOf(
  { id, personId }: Pick<ConsentRow, 'id' | 'personId'>,
  documentDigest: string,
): object {
  return { type: 'praya.consent-holder.v1', id, digest: documentDigest, person: personId };
}

async function verifyToken(
  stored: RevisionRow,
  keys: readonly PublishedKey[],
): Promise<ConsentDocument | undefined> {
  const payload = await verified(stored.jws, { typ: TOKEN_TYPE, keys, instant: instantOf(stored.document) });
  if (stored.revision !== 1 || !Value.Check(TokenPayload, payload)) return undefined;
  return describes(stored, payload.consent) ? payload.consent : undefined;
}

async function verifyState(
  stored: RevisionRow,
  expected: { keys: readonly PublishedKey[]; id: string; revision: number; previous: string },
): Promise<ConsentStateDocument | undefined> {
  const instant = instantOf(stored.document);
  const payload = await verified(stored.jws, { typ: STATE_TYPE, keys: expected.keys, instant });
  if (payload === undefined || !describes(stored, payload)) return undefined;
  const document = payload as ConsentStateDocument;
  const links =
    document.type === 'praya.consent-state.v1' &&
    document.id === expected.id &&
    document.revision === expected.revision &&
    stored.revision === expected.revision &&
    document.previous === expected.previous &&
    STATES.includes(document.state);
  return links ? document : undefined;
}

async function verified(
  jws: string,
  about: { typ: string; keys: readonly PublishedKey[]; instant: Date },
): Promise<unknown> {
  const kid = claimedKeyId(jws);
  const key = about.keys.find((candidate) => candidate.kid === kid);
  if (key === undefined || !countsAt(key, about.instant)) return undefined;
  return verifyJws(jws, { typ: about.typ, jwk: key.jwk });
}

// The document column says when; the signature over the same document is checked right after.
function instantOf(document: unknown): Date {
  const { notBefore, at } = (document ?? {}) as { notBefore?: unknown; at?: unknown };
  return new Date(String(notBefore ?? at));
}

function describes(stored: RevisionRow, document: unknown): boolean {
  return canonicalJson(stored.document) === canonicalJson(document) && stored.digest === digest(document);
}

function belongs(document: ConsentDocument, row: ConsentRow): boolean {
  return (
    document.id === row.id &&
    document.recipient.client === row.clientId &&
    document.recipient.organisation === row.organisationId &&
    new Date(document.expiresAt).getTime() === row.expiresAt.getTime()
  );
}
