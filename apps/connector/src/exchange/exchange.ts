import { ok, type Result } from '@praya/kernel/result';
import { type CheckedConsent, checkConsentFits, checkConsentToken } from '../checks/consent.ts';
import { checkRelay, ExchangeRelay } from '../checks/relay.ts';
import { type CheckedRequest, checkRequest } from '../checks/request.ts';
import { checkEncryptionKey, checkService, type Granted } from '../checks/service.ts';
import { checkState } from '../checks/state.ts';
import { openSubject } from '../checks/subject.ts';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { TrustList } from '../trust/list.ts';
import { disclose, type SealedAnswer } from './disclose.ts';
import { signRefusal } from './refusal.ts';

/** What the exchange sends for one consented request. */
export type ExchangeCall = {
  readonly relay: string;
  readonly request: string;
  readonly consent: string;
  readonly state: string | null;
};

/** An answer; a refusal after the relay was believed is signed, so that nobody else can make one up. */
export type ExchangeOutcome = {
  readonly result: Result<SealedAnswer, ConnectorRefusal>;
  readonly signedRefusal: string | undefined;
};

/** One consented request. Nothing that the gateway says is believed without the signature of whoever it concerns. */
export async function exchange(connector: Connector, call: ExchangeCall): Promise<ExchangeOutcome> {
  const trust = await connector.trust();
  if (!trust.ok) return { result: trust, signedRefusal: undefined };
  const relay = await checkRelay<ExchangeRelay>(connector, trust.value, {
    relay: call.relay,
    schema: ExchangeRelay,
  });
  if (!relay.ok) return { result: relay, signedRefusal: undefined };
  const result = await answered(connector, trust.value, { call, relay: relay.value });
  if (result.ok) return { result, signedRefusal: undefined };
  const signedRefusal = await signRefusal(connector, trust.value, {
    relay: relay.value,
    code: result.refusal.code,
  });
  return { result, signedRefusal };
}

async function answered(
  connector: Connector,
  trust: TrustList,
  { call, relay }: { call: ExchangeCall; relay: ExchangeRelay },
): Promise<Result<SealedAnswer, ConnectorRefusal>> {
  const allowed = await allowing(connector, trust, { call, relay });
  if (!allowed.ok) return allowed;
  const { request, consent, granted } = allowed.value;
  const identityNumber = await openSubject(connector, trust, {
    sealed: granted.subject,
    consentId: consent.document.id,
    passkey: consent.passkey,
  });
  if (!identityNumber.ok) return identityNumber;
  const { recipient, frequency } = consent.document;
  return disclose(connector, trust, {
    kind: 'exchange',
    typ: 'praya-data-response+jws',
    audience: request.iss,
    act: relay.act,
    consentId: consent.document.id,
    consentDigest: consent.digest,
    requestDigest: request.digest,
    granted,
    identityNumber: identityNumber.value,
    sealTo: recipient.encryptionKey,
    most: frequency.per === 'total' ? frequency.max : null,
  });
}

type Allowed = {
  readonly request: CheckedRequest;
  readonly consent: CheckedConsent;
  readonly granted: Granted;
};

async function allowing(
  connector: Connector,
  trust: TrustList,
  { call, relay }: { call: ExchangeCall; relay: ExchangeRelay },
): Promise<Result<Allowed, ConnectorRefusal>> {
  const now = connector.now();
  const request = await checkRequest(connector, trust, { request: call.request, relay });
  if (!request.ok) return request;
  const token = await checkConsentToken(trust, call.consent);
  if (!token.ok) return token;
  const consent = checkConsentFits(token.value, { relay, request: request.value, now });
  if (!consent.ok) return consent;
  const state = await checkState(connector, trust, { consent: consent.value, state: call.state });
  if (!state.ok) return state;
  const key = checkEncryptionKey(consent.value, request.value, now);
  if (!key.ok) return key;
  const granted = checkService(connector, consent.value, request.value.service);
  if (!granted.ok) return granted;
  return ok({ request: request.value, consent: consent.value, granted: granted.value });
}
