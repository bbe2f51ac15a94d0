import type { Directory, Organisation } from '@praya/directory/contract';
import { systemClock } from '@praya/kernel/clock';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { everyone, type Principal } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { createKeyring, type Keyring } from '@praya/kernel/keyring';
import { silentLog } from '@praya/kernel/log';
import { createMetrics } from '@praya/kernel/metrics';
import { ok, refuse } from '@praya/kernel/result';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Type } from 'typebox';
import { REFUSALS } from './contract.ts';
import { createFakeRegistrar, type FakeRegistrar } from './fake.ts';
import { identityRoutes } from './http.ts';
import { createIdentity, type IdentityRoom } from './service.ts';

/** A client of the tests: its registration and its private key. */
export type TestClient = {
  readonly organisation: Organisation;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly signing: JWK & { kid: string };
};

/** A server with the identity room on it, and doubles for everything around. */
export type TestHouse = {
  readonly issuer: string;
  readonly room: IdentityRoom;
  readonly registrar: FakeRegistrar;
  readonly db: DatabasePool;
  readonly app: Server;
  readonly keyring: Keyring;
  readonly minted: Map<string, string>;
  /** Method and path of each route of the room. */
  readonly routes: readonly string[];
  close(): Promise<void>;
};

export const PORTAL = 'praya-portal';
const YEARS = { validFrom: '2020-01-01T00:00:00Z', validUntil: '2099-01-01T00:00:00Z', revokedAt: null };

/** A new organisation with one client and one signing key. */
export async function makeClient(
  clientId: string,
  about: { redirectUri?: string; alg?: 'ES256' | 'EdDSA'; program?: 'department' | 'bank' } = {},
): Promise<TestClient> {
  const { redirectUri = 'http://localhost:8229/callback', alg = 'ES256' } = about;
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const signing = { ...(await exportJWK(privateKey)), kid: `${clientId}-1` };
  const { d: _, ...jwk } = signing;
  const key = {
    kid: signing.kid,
    use: 'sig' as const,
    jwk: jwk as Organisation['keys'][number]['jwk'],
    ...YEARS,
  };
  const organisation: Organisation = {
    id: newId('org'),
    slug: clientId,
    kind: about.program ?? 'bank',
    name: { en: `Bank ${clientId}`, 'zh-Hant': '銀行', 'zh-Hans': '银行' },
    clients: [
      {
        clientId,
        redirectUris: about.program === undefined ? [redirectUri] : [],
        purposes: ['account-opening'],
        eventsUri: null,
      },
    ],
    connector: null,
    keys: [key],
    suspendedAt: null,
  };
  return { organisation, clientId, redirectUri, signing };
}

/** Who keeps the register of persons; its key is no matter of this room. */
export const REGISTER: Organisation = {
  id: newId('org'),
  slug: 'register',
  kind: 'department',
  name: { en: 'Register', 'zh-Hant': '登記署', 'zh-Hans': '登记署' },
  clients: [],
  connector: { url: 'http://localhost:8227', registrar: true },
  keys: [],
  suspendedAt: null,
};

function directoryOf(clients: readonly TestClient[]): Pick<Directory, 'organisationOfClient' | 'registrar'> {
  return {
    organisationOfClient: async (clientId) => {
      const found = clients.find((client) => client.clientId === clientId);
      return found === undefined ? refuse('directory.client-unknown') : ok(found.organisation);
    },
    registrar: async () => ok(REGISTER),
  };
}

/** Starts the room on a port; several processes may do so on one database. */
export async function startHouse(about: {
  databaseUrl: string;
  masterKey: Uint8Array;
  port: number;
  issuer?: string;
  clients: readonly TestClient[];
  principal?: () => Principal;
}): Promise<TestHouse> {
  const { databaseUrl, masterKey, port, clients } = about;
  const issuer = about.issuer ?? `http://localhost:${port}`;
  const db = openDatabase(databaseUrl, { max: 5 });
  const registrar = createFakeRegistrar();
  const minted = new Map<string, string>();
  const directory = directoryOf(clients);
  const keyring = createKeyring({
    db,
    masterKey,
    room: 'identity',
    purpose: 'id-token',
    algorithm: 'ES256',
    now: systemClock,
  });
  const room = createIdentity({
    db,
    masterKey,
    now: systemClock,
    issuer,
    rp: { id: 'localhost', name: 'Praya', origins: [issuer] },
    keyring,
    directory,
    registrar,
    hooks: {
      checkDetail: async ({ detail }) => {
        const { purpose } = detail as { purpose?: string };
        return purpose === 'account-opening'
          ? ok(detail)
          : refuse('consent.purpose-not-permitted', { field: 'purpose', rule: 'permitted' });
      },
      onPushed: async ({ requestUri }) => {
        const id = newId('con');
        minted.set(requestUri, id);
        return ok(id);
      },
    },
    consentOf: async (requestUri) => minted.get(requestUri) ?? null,
    portalClientId: PORTAL,
    demonstration: true,
  });
  await room.maintain();
  const app = await createServer({
    log: silentLog(),
    metrics: createMetrics(),
    messages: { en: {}, 'zh-Hant': {}, 'zh-Hans': {} },
    refusals: REFUSALS,
    origin: issuer,
    title: 'Test',
    authenticate: async () => about.principal?.() ?? { kind: 'anonymous' },
    checks: {},
    requestsPerMinute: 100_000,
  });
  const routes: string[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push(`${each} ${url}`);
  });
  identityRoutes(app, { room, issuer, directory, registrar, now: systemClock });
  const ofRoom = [...routes];
  doubles(app, { room, issuer });
  await app.listen({ port, host: 'localhost' });
  const close = async () => {
    await app.close();
    await db.end({ timeout: 1 });
  };
  return { issuer, room, registrar, db, app, keyring, minted, close, routes: ofRoom };
}

// What the platform adds: the consent step, reduced to its end, and a resource behind the access token.
function doubles(app: Server, { room, issuer }: { room: IdentityRoom; issuer: string }): void {
  const config = { policy: everyone };
  const params = Type.Object({ uid: Type.String() });
  app.get('/interaction/:uid', { config, schema: { params } }, async () => ({ page: true }));
  app.get('/error', { config }, async (request) => ({ page: request.url }));
  app.post(
    '/interaction/:uid/agree',
    { config, schema: { params, body: Type.Object({ detail: Type.Any() }) } },
    async (request, reply) => {
      const browser = { uid: request.params.uid, request: request.raw, response: reply.raw };
      const done = await room.interactions.finishConsent(browser, { detail: request.body.detail });
      return done.ok ? done.value : reply.code(409).send(done.refusal);
    },
  );
  app.post('/sign-out', { config }, async (request, reply) => {
    await room.interactions.signOut({ request: request.raw, response: reply.raw });
    return {};
  });
  app.get('/exchange/v1/test', { config }, async (request, reply) => {
    const { result, headers } = await room.checkAccess({
      method: request.method,
      url: `${issuer}/exchange/v1/test`,
      authorization: request.headers.authorization,
      proof: typeof request.headers.dpop === 'string' ? request.headers.dpop : undefined,
    });
    reply.headers(headers);
    return result.ok ? result.value : reply.code(401).send(result.refusal);
  });
}
