import { textDigest } from '@praya/kernel/canonical';
import { claimedKeyId, claimedPayload, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { spend } from '../store/replays.ts';
import {
  countsAt,
  namedKey,
  organisationOfClient,
  type TrustedOrganisation,
  type TrustList,
} from '../trust/list.ts';
import type { ExchangeRelay } from './relay.ts';
import { isInTime } from './time.ts';

const Text = Type.String({ minLength: 1, maxLength: 300 });
const Claims = Type.Object({
  iss: Text,
  aud: Text,
  jti: Text,
  iat: Type.Number(),
  exp: Type.Number(),
  consent_id: Text,
  service: Text,
});

/** What a consumer asked for (formats §5), and who it is by the trust list. */
export type CheckedRequest = Static<typeof Claims> & {
  readonly consumer: TrustedOrganisation;
  readonly digest: string;
};

const LIFE_SECONDS = 60;

/** The request is the one relayed, signed by a key of the consumer that counts now, for the exchange, used once. */
export async function checkRequest(
  connector: Connector,
  trust: TrustList,
  about: { readonly request: string; readonly relay: ExchangeRelay },
): Promise<Result<CheckedRequest, ConnectorRefusal>> {
  const digest = textDigest(about.request);
  if (digest !== about.relay.request_digest) return refuse('connector.request-binding');
  const signed = await signedClaims(trust, about.request, connector.now());
  if (!signed.ok) return signed;
  const { claims, consumer } = signed.value;
  if (claims.aud !== `${trust.issuer}/exchange/v1`) return refuse('connector.request-audience');
  if (!isInTime(claims, { now: connector.now(), lifeSeconds: LIFE_SECONDS }))
    return refuse('connector.request-expired');
  const once = { maker: `client:${claims.iss}`, id: claims.jti, until: new Date(claims.exp * 1000) };
  if (!(await spend(connector.db, once))) return refuse('connector.request-replayed');
  return ok({ ...claims, consumer, digest });
}

async function signedClaims(
  trust: TrustList,
  request: string,
  now: Date,
): Promise<Result<{ claims: Static<typeof Claims>; consumer: TrustedOrganisation }, ConnectorRefusal>> {
  const claimed = claimedPayload(request);
  if (!Value.Check(Claims, claimed)) return refuse('connector.request-malformed');
  const consumer = organisationOfClient(trust, claimed.iss);
  if (consumer === undefined) return refuse('connector.client-unknown');
  const key = namedKey(consumer, 'sig', claimedKeyId(request));
  if (key === undefined) return refuse('connector.request-signature', { detail: 'key' });
  if (!countsAt(key, now)) return refuse('connector.key-revoked');
  const claims = await verifyJws(request, { typ: 'praya-data-request+jws', jwk: key.jwk });
  if (!Value.Check(Claims, claims)) return refuse('connector.request-signature');
  return ok({ claims, consumer });
}
