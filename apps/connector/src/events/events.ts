import { claimedKeyId, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { keepTold } from '../store/consents.ts';
import { issuerKey } from '../trust/list.ts';

const Text = Type.String({ minLength: 1, maxLength: 300 });

/** A security event token. Source: RFC 8417 §2.2 */
const EventToken = Type.Object({
  iss: Text,
  aud: Type.Union([Text, Type.Array(Text, { maxItems: 10 })]),
  iat: Type.Number(),
  jti: Text,
  events: Type.Record(Text, Type.Object({ consent_id: Text, at: Type.String({ format: 'date-time' }) })),
});

const STATE_OF_EVENT: Readonly<Record<string, string>> = {
  'https://praya.example/events/consent-active': 'active',
  'https://praya.example/events/consent-resumed': 'active',
  'https://praya.example/events/consent-paused': 'paused',
  'https://praya.example/events/consent-revoked': 'revoked',
  'https://praya.example/events/consent-expired': 'expired',
};

/** Keeps what the platform tells of consents. The same event told twice changes nothing, so replays are harmless. */
export async function hearEvent(connector: Connector, set: string): Promise<Result<null, ConnectorRefusal>> {
  const trust = await connector.trust();
  if (!trust.ok) return trust;
  const at = connector.now();
  const jwk = issuerKey(trust.value, { purpose: 'events', kid: claimedKeyId(set), at });
  if (jwk === undefined) return refuse('connector.event-signature', { detail: 'key' });
  const token = await verifyJws(set, { typ: 'secevent+jwt', jwk });
  if (token === undefined) return refuse('connector.event-signature');
  if (!Value.Check(EventToken, token)) return refuse('connector.event-malformed');
  if (token.iss !== trust.value.issuer) return refuse('connector.event-signature', { detail: 'iss' });
  if (![token.aud].flat().includes(connector.config.organisation)) return refuse('connector.event-audience');
  for (const [name, event] of Object.entries(token.events)) {
    const state = STATE_OF_EVENT[name];
    if (state === undefined) continue;
    await keepTold(connector.db, { consentId: event.consent_id, state, at: new Date(event.at) });
  }
  return ok(null);
}
