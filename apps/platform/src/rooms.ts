import type { Consents } from '@praya/consent/contract';
import { consentJobs, createConsents } from '@praya/consent/service';
import type { Directory } from '@praya/directory/contract';
import { anchorKeyLifetimes, createDirectory } from '@praya/directory/service';
import type { Exchange } from '@praya/exchange/contract';
import { createExchange, exchangeCron, exchangeJobs } from '@praya/exchange/service';
import type { Registrar } from '@praya/identity/contract';
import { createRegistrar } from '@praya/identity/registrar';
import { createIdentity, type IdentityRoom } from '@praya/identity/service';
import type { Clock } from '@praya/kernel/clock';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import type { Id } from '@praya/kernel/id';
import type { CronJob, JobHandler, Listener } from '@praya/kernel/jobs';
import type { PublicEcKey } from '@praya/kernel/jwk';
import { signJws } from '@praya/kernel/jws';
import { createKeyring, type Keyring, type PublicJwk } from '@praya/kernel/keyring';
import { createLog, type Log } from '@praya/kernel/log';
import { roomDatabaseUrl } from '@praya/kernel/migrate';
import { ok } from '@praya/kernel/result';
import { createLedger, type LedgerRoom, logKeyLifetimes } from '@praya/ledger/service';
import { openTiles } from '@praya/ledger/tiles';
import type { Notary } from '@praya/notary/contract';
import { createNotary, notaryCron, notaryJobs } from '@praya/notary/service';
import type { Config, Secrets } from './config.ts';
import { issuerKeysOf } from './issuer-keys.ts';
import { forNotary, identitiesOf } from './notary-ledger.ts';
import { PORTAL_CLIENT_ID } from './session/relying-party.ts';

/** The signing keys of the platform, by the word that operators use for them. */
export type Keyrings = Readonly<
  Record<'openid' | 'consent' | 'events' | 'gateway' | 'anchor' | 'portal' | 'notary', Keyring>
>;

/** All rooms, joined. */
export type Rooms = {
  readonly issuer: string;
  readonly directory: Directory;
  readonly identity: IdentityRoom;
  readonly registrar: Registrar;
  readonly consents: Consents;
  readonly exchange: Exchange;
  readonly ledger: LedgerRoom;
  readonly notary: Notary;
  /** the keyring of a log, by its origin */
  logKeyring(origin: string): Keyring;
  readonly keyrings: Keyrings;
  readonly pools: Readonly<Record<RoomName | 'platform', DatabasePool>>;
  readonly jobs: {
    readonly handlers: Readonly<Record<string, JobHandler>>;
    readonly listeners: Readonly<Record<string, Readonly<Record<string, Listener>>>>;
    readonly cron: readonly CronJob[];
  };
  close(): Promise<void>;
};

type RoomName = 'directory' | 'identity' | 'consent' | 'exchange' | 'ledger' | 'notary';

type Setting = Secrets & { readonly config: Config; readonly now: Clock; readonly log?: Log };

const CONNECTIONS: Readonly<Record<RoomName | 'platform', number>> = {
  directory: 4,
  identity: 10,
  consent: 8,
  exchange: 10,
  ledger: 4,
  notary: 6,
  platform: 3,
};

/** Joins the rooms by hand: who needs whose contract is read here and nowhere else. */
export function createRooms(setting: Setting): Rooms {
  const { config, masterKey, now } = setting;
  const pools = openPools(setting);
  const keyrings = createKeyrings(setting, pools);
  const issuer = config.origin;
  const rp = { id: new URL(issuer).hostname, name: 'Praya', origins: [issuer] };
  const host = new URL(issuer).host;
  const logKeyring = logKeyrings(setting, pools);
  const ledger = createLedger({
    db: pools.ledger,
    now,
    host,
    signerOf: logKeyring,
    tiles: openTiles(pools.ledger, config.tiles, setting.s3),
    witnessPolicy: config.witnessPolicy,
    log: setting.log ?? createLog({ service: 'ledger', level: config.logLevel }),
  });
  const directory = createDirectory({
    db: pools.directory,
    now,
    issuer,
    rp,
    anchor: keyrings.anchor,
    issuerKeys: () => issuerKeysOf(keyrings),
    logs: () => identitiesOf(ledger),
    production: config.production,
  });
  const registrar = createRegistrar({
    connector: async () => {
      const found = await directory.registrar();
      if (!found.ok) return found;
      return ok({ url: found.value.connector?.url ?? '', organisationId: found.value.id });
    },
    signRelay: (about) => signRegistrarRelay({ keyrings, issuer, now }, about),
  });
  const consentNeeds: Parameters<typeof createConsents>[0] = {
    db: pools.consent,
    now,
    directory,
    issuer,
    signer: keyrings.consent,
    events: keyrings.events,
    fetch,
    surroundings: {
      services: (ids) => exchange.servicesById(ids),
      sealSubjects: (about) => identity.sealSubjects(about),
      verifyAssertion: (about) => identity.verifyAssertion(about),
      record: (about) => exchange.recordConsent(about),
    },
  };
  const consents = createConsents(consentNeeds);
  const exchange: Exchange = createExchange({
    db: pools.exchange,
    now,
    directory,
    consents,
    ledger,
    signer: keyrings.gateway,
    issuer,
    fetch,
  });
  const identity: IdentityRoom = createIdentity({
    db: pools.identity,
    masterKey,
    now,
    issuer,
    rp,
    keyring: keyrings.openid,
    directory: withPortalKeys(directory, keyrings.portal),
    registrar,
    hooks: {
      checkDetail: (about) => consents.check(about),
      onPushed: async ({ clientId, detail, requestUri }) => {
        const minted = await consents.request({ clientId, detail, handle: requestUri });
        return minted.ok ? ok(minted.value.id) : minted;
      },
    },
    consentOf: async (requestUri) => {
      const found = await consents.byHandle(requestUri);
      return found.ok ? found.value : null;
    },
    portalClientId: PORTAL_CLIENT_ID,
    demonstration: config.demonstration,
  });
  const notaryNeeds: Parameters<typeof createNotary>[0] = {
    db: pools.notary,
    now,
    directory,
    ledger: forNotary(ledger, logKeyring),
    signer: keyrings.notary,
    origin: issuer,
  };
  const jobs = {
    handlers: {
      ...consentJobs(consentNeeds),
      ...exchangeJobs({ db: pools.exchange, now }),
      ...notaryJobs(notaryNeeds),
      'identity.partitions': () => identity.maintain(),
    },
    listeners: endingGrants(identity),
    cron: [...exchangeCron, ...notaryCron, { job: 'identity.partitions', match: '*/5 * * * *' }],
  };
  const close = async () => {
    await ledger.stop();
    await Promise.all(Object.values(pools).map((pool) => pool.end({ timeout: 5 })));
  };
  return {
    issuer,
    directory,
    identity,
    registrar,
    consents,
    exchange,
    ledger,
    notary: createNotary(notaryNeeds),
    logKeyring,
    keyrings,
    pools,
    jobs,
    close,
  };
}

function openPools({ config, masterKey }: Setting): Rooms['pools'] {
  const open = (room: RoomName | 'platform') =>
    openDatabase(roomDatabaseUrl(config.adminUrl, masterKey, room), {
      max: CONNECTIONS[room],
      name: `praya ${room}`,
    });
  return {
    directory: open('directory'),
    identity: open('identity'),
    consent: open('consent'),
    exchange: open('exchange'),
    ledger: open('ledger'),
    notary: open('notary'),
    platform: open('platform'),
  };
}

function createKeyrings({ masterKey, now }: Setting, pools: Rooms['pools']): Keyrings {
  const ring = (room: RoomName | 'platform', purpose: string) =>
    createKeyring({ db: pools[room], masterKey, room, purpose, algorithm: 'ES256', now });
  return {
    openid: ring('identity', 'id-token'),
    consent: ring('consent', 'consent'),
    events: ring('consent', 'events'),
    gateway: ring('exchange', 'gateway'),
    notary: ring('notary', 'notary'),
    portal: ring('platform', 'portal'),
    anchor: createKeyring({
      db: pools.directory,
      masterKey,
      room: 'directory',
      purpose: 'anchor',
      algorithm: 'EdDSA',
      now,
      lifetimes: anchorKeyLifetimes,
    }),
  };
}

// A log's key is its own: a new shard is a new log with a new key.
function logKeyrings({ masterKey, now }: Setting, pools: Rooms['pools']): (origin: string) => Keyring {
  const known = new Map<string, Keyring>();
  return (origin) => {
    const about = { db: pools.ledger, masterKey, room: 'ledger', algorithm: 'EdDSA', now } as const;
    const keyring =
      known.get(origin) ?? createKeyring({ ...about, purpose: `log:${origin}`, lifetimes: logKeyLifetimes });
    known.set(origin, keyring);
    return keyring;
  };
}

const RELAY_SECONDS = 60;

async function signRegistrarRelay(
  { keyrings, issuer, now }: { keyrings: Keyrings; issuer: string; now: Clock },
  about: { aud: string; purpose: string },
): Promise<string> {
  const iat = Math.floor(now().getTime() / 1000);
  return signJws(await keyrings.gateway.signingKey(), {
    typ: 'praya-relay+jws',
    payload: { iss: issuer, jti: crypto.randomUUID(), iat, exp: iat + RELAY_SECONDS, ...about },
  });
}

// A consent that has ended takes the tokens with it that were issued for it.
function endingGrants(identity: IdentityRoom): Rooms['jobs']['listeners'] {
  const end: Listener = async (event) => identity.endConsent(String(event['consentId'] as Id<'con'>));
  return {
    'consent.revoked': { 'identity.end-grants': end },
    'consent.expired': { 'identity.end-grants': end },
  };
}

// The portal's key is in our own keyring and is rotated there; the directory knows the portal, not its key.
function withPortalKeys(directory: Directory, portal: Keyring): Pick<Directory, 'organisationOfClient'> {
  return {
    async organisationOfClient(clientId) {
      const found = await directory.organisationOfClient(clientId);
      if (!found.ok || clientId !== PORTAL_CLIENT_ID) return found;
      const keys = (await portal.published()).map(({ kid, jwk, validFrom, validUntil, revokedAt }) => ({
        kid,
        use: 'sig' as const,
        jwk: publicEcKey(jwk),
        validFrom: validFrom.toISOString(),
        validUntil: validUntil.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
      }));
      return ok({ ...found.value, keys });
    },
  };
}

function publicEcKey({ x, y = '', kid }: PublicJwk): PublicEcKey {
  return { kty: 'EC', crv: 'P-256', x, y, kid };
}
