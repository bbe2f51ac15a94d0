import { idSchema } from '@praya/kernel/id';
import { claimedKeyId, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { spend } from '../store/replays.ts';
import { issuerKey, type TrustList } from '../trust/list.ts';
import { isInTime } from './time.ts';

const Text = Type.String({ minLength: 1, maxLength: 300 });
const Base = { iss: Text, aud: Text, jti: Text, iat: Type.Number(), exp: Type.Number() };

/** What the exchange says of one consented request (formats §6). */
export const ExchangeRelay = Type.Object({
  ...Base,
  act: idSchema('act'),
  consent_digest: Text,
  request_digest: Text,
  count: Type.Integer({ minimum: 1 }),
});
export type ExchangeRelay = Static<typeof ExchangeRelay>;

/** What the exchange says of a preview (formats §8). */
export const PreviewRelay = Type.Object({
  ...Base,
  act: idSchema('act'),
  consent: idSchema('con'),
  service: Text,
  fields: Type.Array(Text, { minItems: 1, maxItems: 60, uniqueItems: true }),
  subject_digest: Text,
});
export type PreviewRelay = Static<typeof PreviewRelay>;

/** What identity says of a call to the registrar. */
export const RegistrarRelay = Type.Object({ ...Base, purpose: Text });
export type RegistrarRelay = Static<typeof RegistrarRelay>;

type AnyRelay = ExchangeRelay | PreviewRelay | RegistrarRelay;

const LIFE_SECONDS = 120;

/** A relay is the gateway's, for us, in time, and used once. */
export async function checkRelay<T extends AnyRelay>(
  connector: Connector,
  trust: TrustList,
  about: { readonly relay: string; readonly schema: TSchema & { readonly static?: T } },
): Promise<Result<T, ConnectorRefusal>> {
  const now = connector.now();
  const jwk = issuerKey(trust, { purpose: 'gateway', kid: claimedKeyId(about.relay), at: now });
  if (jwk === undefined) return refuse('connector.relay-signature', { detail: 'key' });
  const claims = await verifyJws(about.relay, { typ: 'praya-relay+jws', jwk });
  if (claims === undefined) return refuse('connector.relay-signature');
  if (!Value.Check(about.schema, claims)) return refuse('connector.relay-malformed');
  const relay = claims as T;
  if (relay.iss !== trust.issuer) return refuse('connector.relay-signature', { detail: 'iss' });
  if (relay.aud !== connector.config.organisation) return refuse('connector.relay-audience');
  if (!isInTime(relay, { now, lifeSeconds: LIFE_SECONDS })) return refuse('connector.relay-expired');
  const until = new Date(relay.exp * 1000);
  if (!(await spend(connector.db, { maker: 'gateway', id: relay.jti, until })))
    return refuse('connector.relay-replayed');
  return ok(relay);
}
