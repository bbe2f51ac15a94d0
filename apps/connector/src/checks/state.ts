import { digest } from '@praya/kernel/canonical';
import { claimedKeyId, claimedPayload, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { knownState, rememberState, toldState } from '../store/consents.ts';
import { issuerKey, type TrustList } from '../trust/list.ts';
import type { CheckedConsent } from './consent.ts';

const State = Type.Object({
  type: Type.Literal('praya.consent-state.v1'),
  id: Type.String(),
  revision: Type.Integer({ minimum: 2 }),
  previous: Type.String(),
  state: Type.Union(['active', 'paused', 'revoked', 'expired'].map((state) => Type.Literal(state))),
  by: Type.String(),
  at: Type.String({ format: 'date-time' }),
});
type State = Static<typeof State>;

/** The newest state of the consent is "active", by its signed chain and by all that we were told before. */
export async function checkState(
  connector: Connector,
  trust: TrustList,
  about: { readonly consent: CheckedConsent; readonly state: string | null },
): Promise<Result<null, ConnectorRefusal>> {
  const { consent } = about;
  const { id } = consent.document;
  const told = await toldState(connector.db, id);
  if (told?.state === 'revoked') return refuse('connector.consent-revoked');
  if (told?.state === 'expired') return refuse('connector.consent-expired');
  const latest = about.state === null ? ok(undefined) : await verifyState(trust, about.state);
  if (!latest.ok) return latest;
  const follows = await checkFollows(connector, consent, latest.value);
  if (!follows.ok) return follows;
  const refusal = REFUSAL_OF_STATE[latest.value?.state ?? 'active'];
  if (refusal !== undefined) return refuse(refusal);
  const resumedAt = latest.value === undefined ? 0 : Date.parse(latest.value.at);
  if (told?.state === 'paused' && resumedAt <= told.at.getTime()) return refuse('connector.consent-paused');
  return ok(null);
}

const REFUSAL_OF_STATE: Readonly<Record<string, ConnectorRefusal>> = {
  paused: 'connector.consent-paused',
  revoked: 'connector.consent-revoked',
  expired: 'connector.consent-expired',
};

async function verifyState(trust: TrustList, jws: string): Promise<Result<State, ConnectorRefusal>> {
  const claimed = claimedPayload(jws);
  if (!Value.Check(State, claimed)) return refuse('connector.consent-state', { detail: 'malformed' });
  const at = new Date(claimed.at);
  const jwk = issuerKey(trust, { purpose: 'consent', kid: claimedKeyId(jws), at });
  if (jwk === undefined) return refuse('connector.consent-state', { detail: 'key' });
  const state = await verifyJws(jws, { typ: 'praya-consent-state+jws', jwk });
  return Value.Check(State, state) ? ok(state) : refuse('connector.consent-state');
}

// Only the newest revision travels; what we saw before tells whether it can be the newest.
async function checkFollows(
  { db }: Connector,
  consent: CheckedConsent,
  state: State | undefined,
): Promise<Result<null, ConnectorRefusal>> {
  const { id } = consent.document;
  const known = await knownState(db, id);
  if (state === undefined)
    return known === undefined ? ok(null) : refuse('connector.consent-state-stale', { detail: 'null' });
  if (state.id !== id) return refuse('connector.consent-state', { detail: 'id' });
  if (state.revision === 2 && state.previous !== consent.digest)
    return refuse('connector.consent-state', { detail: 'previous' });
  const revision = { consentId: id, revision: state.revision, digest: digest(state), state: state.state };
  if (known !== undefined) {
    if (state.revision < known.revision) return refuse('connector.consent-state-stale');
    if (state.revision === known.revision && revision.digest !== known.digest)
      return refuse('connector.consent-state', { detail: 'forked' });
    if (state.revision === known.revision + 1 && state.previous !== known.digest)
      return refuse('connector.consent-state', { detail: 'previous' });
  }
  await rememberState(db, revision);
  return ok(null);
}
