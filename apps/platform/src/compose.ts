import { join, resolve } from 'node:path';
import { REFUSALS as CONSENT_REFUSALS } from '@praya/consent/contract';
import { consentRoutes } from '@praya/consent/http';
import { REFUSALS as DIRECTORY_REFUSALS } from '@praya/directory/contract';
import { directoryRoutes } from '@praya/directory/http';
import { REFUSALS as EXCHANGE_REFUSALS } from '@praya/exchange/contract';
import { exchangeRoutes } from '@praya/exchange/http';
import { REFUSALS as IDENTITY_REFUSALS } from '@praya/identity/contract';
import { identityRoutes } from '@praya/identity/http';
import { systemClock } from '@praya/kernel/clock';
import { createServer, type Server } from '@praya/kernel/http/server';
import { jobsDatabaseUrl, startJobs } from '@praya/kernel/jobs';
import { createLog, type Log } from '@praya/kernel/log';
import { loadMessages, messageDirectories } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import { REFUSALS as LEDGER_REFUSALS } from '@praya/ledger/contract';
import { ledgerRoutes } from '@praya/ledger/http';
import { REFUSALS as NOTARY_REFUSALS } from '@praya/notary/contract';
import { notaryRoutes } from '@praya/notary/http';
import { authentication } from './authentication.ts';
import type { Config, Secrets } from './config.ts';
import { demonstrationRoutes } from './demonstration/http.ts';
import { demonstrationPeople } from './demonstration/people.ts';
import { consentStep } from './journey/consent-step.ts';
import { journeyRoutes } from './journey/http.ts';
import { portalRoutes } from './portal.ts';
import { createRooms, type Rooms } from './rooms.ts';
import { sessionRoutes } from './session/http.ts';
import { createPortalClient } from './session/relying-party.ts';
import { createSessions } from './session/sessions.ts';

/** A platform process: its server, its jobs and how to end both. */
export type Platform = { readonly server: Server; listen(): Promise<void>; close(): Promise<void> };

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

/** Wires one platform process. Processes share nothing but the database. */
export async function composePlatform(config: Config, secrets: Secrets & { log?: Log }): Promise<Platform> {
  const { masterKey, log = createLog({ service: 'platform', level: config.logLevel }) } = secrets;
  const rooms = createRooms({ ...secrets, config, now: systemClock, log });
  await rooms.identity.maintain();
  const sessions = createSessions({
    db: rooms.pools.platform,
    now: systemClock,
    client: createPortalClient({
      issuer: config.origin,
      signingKey: () => rooms.keyrings.portal.signingKey(),
    }),
  });
  const { authenticate, consentIdsOf } = authentication({ config, rooms, sessions });
  const server = await createServer({
    log,
    metrics: createMetrics(),
    messages: loadMessages([
      join(ROOT, 'kernel', 'src', 'messages'),
      join(import.meta.dirname, 'messages'),
      ...messageDirectories(join(ROOT, 'services')),
    ]),
    refusals: {
      ...DIRECTORY_REFUSALS,
      ...IDENTITY_REFUSALS,
      ...CONSENT_REFUSALS,
      ...EXCHANGE_REFUSALS,
      ...LEDGER_REFUSALS,
      ...NOTARY_REFUSALS,
    },
    origin: config.origin,
    title: 'Praya',
    authenticate,
    checks: checksOf(rooms),
    requestsPerMinute: config.requestsPerMinute,
    trustProxy: config.trustProxy,
  });
  identityRoutes(server, { ...rooms, room: rooms.identity, issuer: config.origin, now: systemClock });
  consentRoutes(server, rooms);
  exchangeRoutes(server, { exchange: rooms.exchange, consentIdsOf });
  directoryRoutes(server, rooms);
  ledgerRoutes(server, { ledger: rooms.ledger, host: new URL(config.origin).host });
  notaryRoutes(server, rooms);
  journeyRoutes(server, { ...rooms, step: consentStep(rooms, config.origin) });
  sessionRoutes(server, {
    sessions,
    origin: config.origin,
    demonstration: config.demonstration,
    directory: rooms.directory,
    signOut: (request, reply) =>
      rooms.identity.interactions.signOut({ request: request.raw, response: reply.raw }),
  });
  if (config.demonstration) {
    let people: ReturnType<typeof demonstrationPeople> | undefined;
    demonstrationRoutes(server, {
      seed: config.city.seed,
      origin: config.origin,
      people: () => {
        people ??= demonstrationPeople(config.city);
        return people;
      },
    });
  }
  await portalRoutes(server);
  const jobs = await startJobs({
    url: jobsDatabaseUrl(config.adminUrl, masterKey),
    handlers: { ...rooms.jobs.handlers, 'platform.sessions': () => sessions.forgetExpired() },
    listeners: rooms.jobs.listeners,
    cron: [...rooms.jobs.cron, { job: 'platform.sessions', match: '*/10 * * * *' }],
    concurrency: 4,
    log,
  });
  return {
    server,
    listen: async () => {
      rooms.ledger.start();
      await server.listen({ port: config.port, host: config.host });
    },
    close: async () => {
      await server.close();
      await jobs.stop();
      await rooms.close();
    },
  };
}

function checksOf(rooms: Rooms) {
  return {
    database: () => rooms.pools.platform`select 1`,
    ledger: () => rooms.ledger.healthy(),
    trust: () => rooms.directory.trustList(),
  };
}
