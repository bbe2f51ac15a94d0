import type { ConsentDocument, ConsentEvidence, ConsentRefusal } from '@praya/consent/contract';
import { textDigest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { claimedPayload } from '@praya/kernel/jws';
import { ok, type Refusal, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import type { DataAnswer, Exchange, ExchangeRefusal } from '../contract.ts';
import { checkRequest, countsAt, RequestClaims, termOf } from '../rules.ts';
import type { NewAct } from '../store.ts';
import { callConnector, connectorOf, neverSent } from './connector.ts';
import { checkDescribed, schemaDigestOf } from './described.ts';
import { type Room, signRelay, verifyByOrganisation } from './room.ts';
import { carryOut, settle } from './settle.ts';

type Ask = Parameters<Exchange['request']>[0];
type Code = ExchangeRefusal | ConsentRefusal;
type Granted = ConsentDocument['services'][number];
type Begun = { readonly act: NewAct; readonly count: number };
type Permitted = {
  readonly evidence: ConsentEvidence;
  readonly granted: Granted;
  readonly claims: RequestClaims;
  readonly request: string;
};

/** One consented request: verified, counted, relayed, checked, put on the ledger, then answered. */
export async function request(room: Room, about: Ask): Promise<Result<DataAnswer, Code>> {
  const read = await readRequest(room, about);
  if (!read.ok) return read;
  const permitted = await permit(room, { ...about, claims: read.value });
  if (!permitted.ok) return permitted;
  const begun = await begin(room, permitted.value);
  if (!begun.ok) return begun;
  const { act } = begun.value;
  return carryOut(room, act, () => exchange(room, permitted.value, begun.value));
}

async function readRequest(room: Room, about: Ask): Promise<Result<RequestClaims, ExchangeRefusal>> {
  if (!Value.Check(RequestClaims, claimedPayload(about.request))) return refuse('exchange.request-malformed');
  const found = await room.directory.organisationOfClient(about.clientId);
  if (!found.ok || found.value.suspendedAt !== null) return refuse('exchange.client-suspended');
  const verdict = await verifyByOrganisation(about.request, {
    typ: 'praya-data-request+jws',
    organisation: found.value,
    now: room.now(),
  });
  if (!verdict.counts) {
    const revoked = verdict.because === 'key-revoked';
    return refuse(revoked ? 'exchange.key-revoked' : 'exchange.request-signature');
  }
  const claims = verdict.payload as RequestClaims;
  const { clientId, consentIds } = about;
  const checked = checkRequest(claims, { clientId, issuer: room.issuer, now: room.now() });
  if (!checked.ok) return checked;
  return consentIds.includes(claims.consent_id) ? ok(claims) : refuse('exchange.token-not-for-consent');
}

async function permit(room: Room, about: Ask & { claims: RequestClaims }): Promise<Result<Permitted, Code>> {
  const { claims, clientId, request: text } = about;
  const allowed = await room.consents.allowing({ id: claims.consent_id, clientId });
  if (!allowed.ok) return refuseAndKeep(room, { ...about, refusal: allowed.refusal });
  const evidence = allowed.value;
  if (!(await encryptionKeyCounts(room, evidence)))
    return refuseAndKeep(room, { ...about, refusal: { code: 'exchange.key-revoked' } });
  const granted = evidence.document.services.find(({ id }) => id === claims.service);
  if (granted !== undefined) return ok({ evidence, granted, claims, request: text });
  return refuseAndKeep(room, { ...about, refusal: { code: 'exchange.service-not-consented' } });
}

// A connector would notice within the age of its trust list; here nothing is sealed to a revoked key from now on.
async function encryptionKeyCounts(room: Room, { document }: ConsentEvidence): Promise<boolean> {
  const { organisation, encryptionKey } = document.recipient;
  const found = await room.directory.organisation(organisation);
  if (!found.ok) return false;
  const key = found.value.keys.find(({ kid, use }) => use === 'enc' && kid === encryptionKey.kid);
  return key !== undefined && countsAt(key, room.now());
}

// She sees also who asked in vain; but only a real request about a real consent leaves a trace in her list.
async function refuseAndKeep(
  room: Room,
  about: Ask & { claims: RequestClaims; refusal: Refusal<Code> },
): Promise<Result<never, Code>> {
  const { claims, clientId, refusal } = about;
  const evidence = await room.consents.evidence(claims.consent_id);
  const spent = await room.store.spend(spending(claims));
  if (!spent) return refuse('exchange.request-replayed');
  if (evidence.ok && evidence.value.document.recipient.client === clientId) {
    await room.store.refuse(
      actOf(room, { evidence: evidence.value, claims, request: about.request }),
      refusal.code,
    );
  }
  return { ok: false, refusal };
}

async function begin(room: Room, about: Permitted): Promise<Result<Begun, ExchangeRefusal>> {
  const { claims, evidence } = about;
  const act = actOf(room, about);
  const { max } = evidence.document.frequency;
  return room.store.transaction(async (store) => {
    if (!(await store.spend(spending(claims)))) return refuse('exchange.request-replayed');
    const count = await store.count({ ...useOf(about, act), max });
    if (count === undefined) {
      await store.refuse(act, 'exchange.frequency-exceeded');
      return refuse('exchange.frequency-exceeded');
    }
    await store.begin(act);
    return ok({ act, count });
  });
}

async function exchange(
  room: Room,
  about: Permitted,
  { act, count }: Begun,
): Promise<Result<DataAnswer, ExchangeRefusal>> {
  const { evidence, granted, request: text } = about;
  const schemaDigest = await schemaDigestOf(room, granted.id);
  const answered = await relay(room, about, { act, count });
  if (!answered.ok) {
    // A use is spent once the relay left; a connector that could not be called did not see it.
    if (neverSent(answered.refusal)) await room.store.uncount(useOf(about, act));
    return answered;
  }
  const { response, payload, statement } = answered.value;
  const { recipient } = evidence.document;
  const checked = await checkDescribed(room, statement, {
    act: act.id,
    provider: granted.provider,
    consent: evidence.document.id,
    service: granted.id,
    fields: granted.fields,
    subject: granted.subject,
    payload,
    schemaDigest,
    now: room.now(),
    exchange: {
      clientId: recipient.client,
      consentDigest: evidence.digest,
      requestDigest: textDigest(text),
      encryptionKid: recipient.encryptionKey.kid,
    },
  });
  if (!checked.ok) return checked;
  const settled = await settle(room, act, { consent: evidence.token, states: evidence.states, response });
  return settled.ok ? ok({ act: act.id, response, payload, receipt: settled.value }) : settled;
}

async function relay(room: Room, about: Permitted, { act, count }: Begun) {
  const { evidence, granted, request: text } = about;
  const connector = await connectorOf(room, granted.provider);
  if (!connector.ok) return connector;
  const claims = {
    act: act.id,
    consent_digest: evidence.digest,
    request_digest: textDigest(text),
    count,
  };
  const relayed = await signRelay(room, { provider: granted.provider, claims });
  const answered = await callConnector(room, {
    url: `${connector.value.url}/praya/v1/exchanges`,
    body: {
      relay: relayed,
      request: text,
      consent: evidence.token,
      state: evidence.states.at(-1) ?? null,
    },
  });
  if (!answered.ok) return answered;
  const verdict = await verifyByOrganisation(answered.value.response, {
    typ: 'praya-data-response+jws',
    organisation: connector.value.organisation,
    now: room.now(),
  });
  if (!verdict.counts) return refuse('exchange.response-signature', { rule: verdict.because });
  return ok({ ...answered.value, statement: verdict.payload });
}

function actOf(room: Room, about: Omit<Permitted, 'granted'>): NewAct {
  const { evidence, claims, request: text } = about;
  const at = room.now();
  return {
    id: newId('act', at),
    kind: 'exchange',
    personId: evidence.personId,
    clientId: claims.iss,
    consentId: claims.consent_id,
    service: claims.service,
    at,
    consentDigest: evidence.digest,
    requestDigest: textDigest(text),
    requestJws: text,
    salt: null,
  };
}

function spending(claims: RequestClaims) {
  return { clientId: claims.iss, jti: claims.jti, expiresAt: new Date(claims.exp * 1000) };
}

function useOf({ claims, evidence }: Permitted, act: NewAct) {
  const term = termOf(evidence.document.frequency, act.at);
  return { consentId: claims.consent_id, service: claims.service, term };
}
