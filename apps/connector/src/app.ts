import { fileURLToPath } from 'node:url';
import { openDatabase } from '@praya/kernel/database';
import { createServer, type Server } from '@praya/kernel/http/server';
import type { Log } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import type { Config } from './config.ts';
import type { Connector } from './connector.ts';
import { type Declaring, keepDeclaring } from './declare.ts';
import { eventRoutes } from './events/http.ts';
import { exchangeRoutes } from './exchange/http.ts';
import { migrateConnector } from './migrate.ts';
import { previewRoutes } from './preview/http.ts';
import { REFUSALS } from './refusals.ts';
import { registrarRoutes } from './registrar/http.ts';
import { registrarOf } from './registrar/registrar.ts';
import { sourcesAnswer } from './source/read.ts';
import { declareService } from './source/service.ts';
import { forgetReplays } from './store/replays.ts';
import { createTrustSource } from './trust/source.ts';

/** What comes from outside, so that a test can hold it still. */
export type Surroundings = {
  readonly log: Log;
  readonly now: () => Date;
  readonly fetch: typeof fetch;
};

export type ConnectorApp = {
  readonly server: Server;
  readonly connector: Connector;
  /** Begins to declare the services; the server must listen by then. */
  declare(): Declaring;
  stop(): Promise<void>;
};

const OWN_MESSAGES = fileURLToPath(new URL('./messages', import.meta.url));
const KERNEL_MESSAGES = fileURLToPath(new URL('../../../kernel/src/messages', import.meta.url));
const SWEEP_MS = 10 * 60_000;

/** Joins everything of one connector by hand. */
export async function createConnectorApp(config: Config, around: Surroundings): Promise<ConnectorApp> {
  const db = openDatabase(config.databaseUrl, { max: 10, name: 'praya connector' });
  await migrateConnector(db);
  const { log, now, fetch } = around;
  const { platformUrl, trustAnchor: anchor } = config;
  const trust = createTrustSource({ db, now, fetch, platformUrl, anchor });
  const services = new Map(config.services.map((service) => [service.id, declareService(service)]));
  const connector: Connector = { config, db, now, trust, services };
  let declaring: Declaring | undefined;
  const server = await serverOf(connector, log, async () => {
    if (declaring?.accepted() !== true) throw new Error('The services are not in the catalogue yet');
  });
  const sweep = setInterval(() => void forgetReplays(db, now()).catch(() => {}), SWEEP_MS).unref();
  return {
    server,
    connector,
    declare: () => {
      declaring ??= keepDeclaring(connector, { fetch, log });
      return declaring;
    },
    stop: async () => {
      declaring?.stop();
      clearInterval(sweep);
      await server.close();
      await db.end({ timeout: 5 });
    },
  };
}

async function serverOf(connector: Connector, log: Log, declared: () => Promise<void>): Promise<Server> {
  const { config, db, services } = connector;
  const server = await createServer({
    log,
    metrics: createMetrics(),
    messages: loadMessages([KERNEL_MESSAGES, OWN_MESSAGES]),
    refusals: REFUSALS,
    origin: `http://${config.host}:${config.port}`,
    title: 'Praya connector',
    authenticate: async () => ({ kind: 'anonymous' }),
    checks: {
      database: () => db`select 1`,
      sources: () => sourcesAnswer(db, services.values()),
      declared,
    },
    requestsPerMinute: 60_000,
  });
  exchangeRoutes(server, connector);
  previewRoutes(server, connector);
  eventRoutes(server, connector);
  const registrar = registrarOf(connector);
  if (registrar !== undefined) registrarRoutes(server, registrar);
  return server;
}
