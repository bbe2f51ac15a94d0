import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import type { Keyring } from '@praya/kernel/keyring';
import Provider from 'oidc-provider';
import { derivedKey } from '../seal.ts';
import { type Epoch, presentEpoch } from '../store/epoch.ts';
import { createAdapter, type Stores } from './adapter.ts';
import { createClientFinder } from './clients.ts';
import { configurationOf } from './configuration.ts';
import { type ConsentHooks, mintConsent } from './details.ts';

/** What the authorisation server needs from its surroundings. */
export type OpenIdNeeds = {
  readonly issuer: string;
  readonly db: Database;
  readonly masterKey: Uint8Array;
  readonly now: Clock;
  readonly keyring: Pick<Keyring, 'signingKey' | 'published'>;
  readonly directory: Pick<Directory, 'organisationOfClient'>;
  readonly portalClientId: string;
  readonly hooks: ConsentHooks;
  readonly stores: Stores;
  subjectFor(about: { personId: string; sector: string }): string;
};

/** The authorisation server of this process and the epoch that it counts in. */
export type OpenId = {
  /** The instance for the present signing key and epoch; a new one when either changed. */
  current(): Promise<{ readonly provider: Provider; readonly epoch: Epoch }>;
  /** Reads the epoch anew before the next request. */
  forgetEpoch(): void;
};

/** oidc-provider takes its keys once; so a changed key or epoch means a new instance. */
export function createOpenId(needs: OpenIdNeeds): OpenId {
  let epoch: Promise<Epoch> | undefined;
  let made: { name: string; provider: Provider; epoch: Epoch } | undefined;
  const forgetEpoch = () => {
    epoch = undefined;
  };
  const stores: Stores = { ...needs.stores, replays: noticing(needs.stores.replays, forgetEpoch) };
  const findEpoch = () => {
    epoch ??= presentEpoch(needs.db, needs.now);
    epoch.catch(forgetEpoch);
    return epoch;
  };
  return {
    forgetEpoch,
    current: async () => {
      const [key, present] = await Promise.all([needs.keyring.signingKey(), findEpoch()]);
      const name = `${key.kid} ${present.id}`;
      if (made?.name !== name)
        made = {
          name,
          provider: createProvider({ ...needs, stores }, { key, epoch: present }),
          epoch: present,
        };
      return made;
    },
  };
}

type SigningKey = Awaited<ReturnType<Keyring['signingKey']>>;

/** One instance of oidc-provider. */
export function createProvider(needs: OpenIdNeeds, about: { key: SigningKey; epoch: Epoch }): Provider {
  const { issuer, masterKey, now, stores } = needs;
  const provider = new Provider(
    issuer,
    configurationOf({
      ...needs,
      epoch: about.epoch,
      adapter: createAdapter({ stores, now, epochId: about.epoch.id, findClient: createClientFinder(needs) }),
      signingKey: { ...about.key.privateKey.export({ format: 'jwk' }), kid: about.key.kid, use: 'sig' },
      cookieKey: derivedKey(masterKey, 'cookies').toString('base64url'),
      nonceSecret: derivedKey(masterKey, `dpop nonces ${about.epoch.id}`),
    }),
  );
  // Scheme and host are set from the issuer before a request gets here; see http/protocol.ts.
  provider.proxy = true;
  provider.use(mintConsent(needs.hooks));
  provider.use(publishKeys(needs.keyring));
  return provider;
}

// The next key is published before it signs, a former one while its signatures count.
function publishKeys(keyring: Pick<Keyring, 'published'>) {
  return async (
    ctx: { oidc?: { route: string }; body: unknown; set(name: string, value: string): void },
    next: () => Promise<unknown>,
  ) => {
    await next();
    if (ctx.oidc?.route !== 'jwks') return;
    const keys = (await keyring.published()).filter(({ revokedAt }) => revokedAt === null);
    ctx.body = { keys: keys.map(({ kid, jwk }) => ({ ...jwk, kid, use: 'sig', alg: 'ES256' })) };
    ctx.set('cache-control', 'public, max-age=300');
  };
}

function noticing(replays: Stores['replays'], onForgotten: () => void): Stores['replays'] {
  return {
    claim: async (kind, id, epochId) => {
      const claim = await replays.claim(kind, id, epochId);
      if (claim === 'forgotten') onForgotten();
      return claim;
    },
  };
}
