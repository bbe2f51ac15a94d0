import type { Clock } from '@praya/kernel/clock';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Grants } from '../store/grants.ts';
import type { Moments } from '../store/moments.ts';
import type { Replays } from '../store/replays.ts';
import type { Sessions } from '../store/sessions.ts';
import { replayError } from './replay-error.ts';

/** Where the OpenID provider keeps things. */
export type Stores = {
  readonly moments: Moments;
  readonly sessions: Sessions;
  readonly grants: Grants;
  readonly replays: Replays;
};

type Needs = {
  readonly stores: Stores;
  readonly now: Clock;
  readonly epochId: string;
  findClient(clientId: string): Promise<AdapterPayload | undefined>;
};

const MOMENTS = new Set([
  'AuthorizationCode',
  'AccessToken',
  'ClientCredentials',
  'PushedAuthorizationRequest',
  'Interaction',
]);
const NEVER_STORED = new Set(['DeviceCode', 'BackchannelAuthenticationRequest']);

/**
 * The storage of one provider instance. oidc-provider itself finds first and writes later; here a use is one
 * conditional statement, so that of any number of parallel uses in any number of processes one succeeds.
 */
export function createAdapter(needs: Needs): (model: string) => Adapter {
  return (model) => ({ ...refusing(model), ...adapterOf(model, needs) });
}

function adapterOf(model: string, needs: Needs): Partial<Adapter> {
  if (model === 'Client') return { find: needs.findClient };
  if (model === 'Session') return sessionAdapter(needs);
  if (model === 'Grant') return grantAdapter(needs);
  if (model === 'RefreshToken') return refreshTokenAdapter(needs);
  if (model === 'ReplayDetection') return replayAdapter(needs);
  if (MOMENTS.has(model)) return momentAdapter(model, needs);
  if (NEVER_STORED.has(model)) return { find: async () => undefined };
  return {};
}

function momentAdapter(model: string, { stores: { moments }, now }: Needs): Partial<Adapter> {
  return {
    upsert: (id, payload, ttl) =>
      moments.put({ model, id }, { payload, ...lifeOf(payload, ttl, now()), grantId: payload.grantId }),
    find: async (id) => {
      const found = await moments.find(model, id);
      return found && withUse(found.payload as AdapterPayload, found.consumedAt);
    },
    consume: async (id) => {
      if ((await moments.consume(model, id)) === undefined)
        throw new errors.InvalidGrant(`${model} was used before`);
    },
    destroy: (id) => moments.drop(model, id),
    revokeByGrantId: (grantId) => moments.dropOfGrant(model, grantId),
  };
}

function sessionAdapter({ stores: { sessions }, now }: Needs): Partial<Adapter> {
  return {
    upsert: (id, payload, ttl) =>
      sessions.put({ id, uid: payload.uid ?? id }, { payload, ...lifeOf(payload, ttl, now()) }),
    find: async (id) => (await sessions.find(id)) as AdapterPayload | undefined,
    findByUid: async (uid) => (await sessions.findByUid(uid)) as AdapterPayload | undefined,
    destroy: (id) => sessions.drop(id),
  };
}

function grantAdapter({ stores: { grants }, now }: Needs): Partial<Adapter> {
  return {
    upsert: (id, payload, ttl) =>
      grants.putGrant(id, { payload, consentId: consentOf(payload), ...lifeOf(payload, ttl, now()) }),
    find: async (id) => (await grants.findGrant(id)) as AdapterPayload | undefined,
    destroy: (id) => grants.dropGrant(id),
  };
}

function refreshTokenAdapter({ stores: { grants }, now }: Needs): Partial<Adapter> {
  return {
    upsert: (id, payload, ttl) =>
      grants.putRefreshToken(id, { payload, grantId: payload.grantId ?? '', ...lifeOf(payload, ttl, now()) }),
    find: async (id) => {
      const found = await grants.findRefreshToken(id);
      return found && withUse(found.payload as AdapterPayload, found.consumedAt);
    },
    consume: async (id) => {
      if (!(await grants.consumeRefreshToken(id)))
        throw new errors.InvalidGrant('RefreshToken was used before');
    },
    destroy: (id) => grants.dropRefreshToken(id),
    revokeByGrantId: (grantId) => grants.dropRefreshTokensOf(grantId),
  };
}

// Looking first would tell nothing that still holds when the row is written; the insert alone decides.
function replayAdapter({ stores: { replays }, epochId }: Needs): Partial<Adapter> {
  return {
    find: async () => undefined,
    upsert: async (id) => {
      const claim = await replays.claim('ReplayDetection', id, epochId);
      if (claim !== 'once') throw replayError(id, claim);
    },
  };
}

function consentOf(payload: AdapterPayload): string | null {
  const details: unknown = payload.rar;
  const [detail] = Array.isArray(details) ? details : [];
  return typeof detail?.consent_id === 'string' ? detail.consent_id : null;
}

function withUse(payload: AdapterPayload, consumedAt: Date | null): AdapterPayload {
  return consumedAt === null ? payload : { ...payload, consumed: Math.floor(consumedAt.getTime() / 1000) };
}

function lifeOf(payload: AdapterPayload, ttlSeconds: number | undefined, at: Date) {
  const iat = payload.iat ?? Math.floor(at.getTime() / 1000);
  return {
    madeAt: new Date(iat * 1000),
    expiresAt: new Date(at.getTime() + (ttlSeconds ?? 60) * 1000),
  };
}

function refusing(model: string): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error(`Nothing keeps ${model} in this way`);
  };
  return {
    upsert: refuse,
    find: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: async () => undefined,
  };
}
