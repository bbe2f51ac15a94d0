import { canonicalJson, digest, sha256 } from '@praya/kernel/canonical';
import { secondsAfter } from '@praya/kernel/clock';
import { signJws } from '@praya/kernel/jws';
import type { SigningKey } from '@praya/kernel/keyring';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import { HOLDER_TYPE, holderOf, TOKEN_TYPE } from '../chain.ts';
import {
  type Assertion,
  ConsentDocument,
  type ConsentEvidence,
  type ConsentRefusal,
  type Consents,
  EVENTS,
} from '../contract.ts';
import { buildDocument, choicesOf, isFresh } from '../document.ts';
import { stateAt } from '../rules.ts';
import type { ConsentRow, ConsentStore } from '../store.ts';
import { evidence } from './evidence.ts';
import { opened } from './open.ts';
import { admit, ownedBy, type Room } from './room.ts';
import { notify } from './tell.ts';

/** The job tries after the answer should have been given; usually there is nothing left to do. */
const RECORD_AFTER_SECONDS = 10;

/** The document for her choice, and the challenge that her passkey signs. */
export async function prepare(
  room: Room,
  about: Parameters<Consents['prepare']>[0],
): ReturnType<Consents['prepare']> {
  // The key that will sign the token has to count at the instant that the document names.
  await room.signer.signingKey();
  const notBefore = room.now().toISOString();
  const document = await documentFor(room, { ...about, notBefore });
  return document.ok ? ok({ document: document.value, challenge: digest(document.value) }) : document;
}

/** Takes her signature over a prepared document; a second time with the same document changes nothing. */
export async function agree(
  room: Room,
  about: Parameters<Consents['agree']>[0],
): ReturnType<Consents['agree']> {
  if (!Value.Check(ConsentDocument, about.document)) return refuse('consent.document-changed');
  const before = await agreedBefore(room, about);
  if (before !== undefined) return before;
  const row = await opened(room, about);
  if (!row.ok) return row;
  const unchanged = await isUnchanged(room, { ...about, row: row.value });
  if (!unchanged.ok) return unchanged;
  const challenge = sha256(canonicalJson(about.document));
  const { personId, response } = about;
  const assertion = await room.surroundings.verifyAssertion({ personId, challenge, response });
  if (!assertion.ok) return refuse('consent.signature-wrong', { detail: assertion.refusal.code });
  const key = await room.signer.signingKey();
  const kept = await keep(room, { document: about.document, assertion: assertion.value, key, personId });
  if (!kept.ok) return kept;
  return withEvidenceOnLedger(room, about.document.id);
}

/** Puts an agreed consent on the ledger unless it is there; the job does the same after a crash. */
export async function record(room: Room, id: string): Promise<void> {
  const row = await room.store.find(id);
  if (row === undefined || row.personId === null || row.revision === 0 || row.recordedAt !== null) return;
  const [token] = await room.store.revisions(id);
  if (token === undefined) return;
  await room.surroundings.record({
    consentId: row.id,
    personId: row.personId as ConsentEvidence['personId'],
    consentDigest: token.digest,
    at: (row.decidedAt ?? room.now()).toISOString(),
  });
  await room.store.markRecorded(id, room.now());
}

async function documentFor(
  room: Room,
  about: Parameters<Consents['prepare']>[0] & { notBefore: string },
): Promise<Result<ConsentDocument, ConsentRefusal>> {
  const row = await opened(room, about);
  if (!row.ok) return row;
  const { detail, clientId, subjects } = row.value;
  const admitted = await admit(room, { clientId, detail });
  if (!admitted.ok) return admitted;
  const { id, optional, notice, notBefore } = about;
  const { issuer } = room;
  return buildDocument({ ...admitted.value, id, issuer, clientId, subjects, optional, notice, notBefore });
}

async function isUnchanged(
  room: Room,
  about: Parameters<Consents['agree']>[0] & { row: ConsentRow },
): Promise<Result<true, ConsentRefusal>> {
  const { document, row, id, personId } = about;
  if (!isFresh(document, room.now())) return refuse('consent.document-changed', { rule: 'fresh' });
  const optional = choicesOf(document, row.detail);
  if (optional === undefined) return refuse('consent.required-field-missing');
  const { notice, notBefore } = document;
  const expected = await documentFor(room, { id, personId, optional, notice, notBefore });
  if (!expected.ok) return refuse('consent.document-changed', { detail: expected.refusal.code });
  const same = canonicalJson(expected.value) === canonicalJson(document);
  return same ? ok(true) : refuse('consent.document-changed');
}

async function keep(
  room: Room,
  about: { document: ConsentDocument; assertion: Assertion; key: SigningKey; personId: string },
): Promise<Result<true, ConsentRefusal>> {
  const { document, assertion, key, personId } = about;
  const payload = holderOf({ id: document.id, personId }, digest(document));
  const holder = await signJws(key, { typ: HOLDER_TYPE, payload });
  const jws = await signJws(key, { typ: TOKEN_TYPE, payload: { consent: document, assertion } });
  return room.store.transaction(async (store) => {
    const row = await store.lock(document.id);
    if (await store.isTombstoned(document.id)) return refuse('consent.revoked');
    if (row?.personId !== personId || stateAt(row, room.now()) !== 'requested')
      return refuse('consent.not-requested');
    const at = room.now();
    await store.addRevision(row.id, { revision: 1, document, digest: digest(document), jws });
    await store.keepHolder(row.id, holder);
    await store.write(row.id, { state: 'active', revision: 1, decidedAt: at });
    await notify(store, { row, document, event: 'active', name: EVENTS.activated, at });
    await enqueueFollowing(store, { row, at });
    return ok(true);
  });
}

async function enqueueFollowing(store: ConsentStore, { row, at }: { row: ConsentRow; at: Date }) {
  const payload = { consentId: row.id };
  await store.enqueue({ job: 'consent.expire', payload, runAt: row.expiresAt, key: `expire:${row.id}` });
  const runAt = secondsAfter(at, RECORD_AFTER_SECONDS);
  await store.enqueue({ job: 'consent.record', payload, runAt, key: `record:${row.id}` });
}

async function agreedBefore(
  room: Room,
  about: Parameters<Consents['agree']>[0],
): Promise<Result<ConsentEvidence, ConsentRefusal> | undefined> {
  const own = ownedBy(await room.store.find(about.id), about.personId);
  if (!own.ok) return own;
  if (own.value.state !== 'active') return undefined;
  const [token] = await room.store.revisions(about.id);
  if (token?.digest !== digest(about.document)) return undefined;
  return withEvidenceOnLedger(room, about.id);
}

// An agreement is acknowledged only with its evidence; without it she may try again, and the job will.
async function withEvidenceOnLedger(
  room: Room,
  id: ConsentDocument['id'],
): Promise<Result<ConsentEvidence, ConsentRefusal>> {
  try {
    await record(room, id);
  } catch (error) {
    return refuse('consent.evidence-pending', { detail: String(error) });
  }
  return evidence(room, id);
}
