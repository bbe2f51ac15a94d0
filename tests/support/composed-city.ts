import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeBasePort } from '@praya/city/play/city-process';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { startPostgres } from '@praya/kernel/embedded-postgres';
import { erasePostgres } from '@praya/kernel/embedded-postgres/data-directory';
import type { Server } from '@praya/kernel/http/server';
import { createLog } from '@praya/kernel/log';
import { ensureDatabase, roomDatabaseUrl } from '@praya/kernel/migrate';
import { testMasterKey } from '@praya/kernel/testing';
import { writePrivateJson } from '../../apps/platform/src/city/key-files.ts';
import { composePlatform, type Platform } from '../../apps/platform/src/compose.ts';
import { type Config, readConfig } from '../../apps/platform/src/config.ts';

/** A route as the server registered it. */
export type Route = {
  readonly method: string;
  readonly url: string;
  readonly policy: string;
  /** the members of the body that its schema knows */
  readonly members: readonly string[];
};

/**
 * A demonstration city whose platform runs in this process: its routes and its logs can be looked at.
 * Its database server, its registers and its connectors are its own.
 */
export type ComposedCity = AsyncDisposable & {
  readonly origin: string;
  readonly basePort: number;
  readonly dataDirectory: string;
  readonly residents: number;
  readonly seed: string;
  readonly config: Config;
  readonly routes: readonly Route[];
  /** what the platform has logged, one JSON object a line */
  platformLog(): string;
  /** what the connectors have written, on both streams */
  connectorLog(): string;
  /** a pool under the role of a room, or of the platform itself */
  open(room: string): DatabasePool;
};

const ROOT = resolve(import.meta.dirname, '..', '..');
const REGISTERS = ['persons', 'rates', 'companies'] as const;
const RESIDENTS = 150;
const SEED = 'composed';
const READY_MS = 30_000;

export async function composeCity(variables: Readonly<Record<string, string>> = {}): Promise<ComposedCity> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'praya-composed-'));
  const undo: (() => unknown)[] = [() => rmSync(dataDirectory, { recursive: true, force: true })];
  const dispose = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const adminUrl = await startDatabase(dataDirectory, undo);
    const basePort = await freeBasePort();
    const environment = {
      PRAYA_ENV: 'demonstration',
      PRAYA_DATA: dataDirectory,
      PRAYA_PORT: String(basePort),
      PRAYA_RESIDENTS: String(RESIDENTS),
      PRAYA_SEED: SEED,
      PRAYA_REQUESTS_PER_MINUTE: '1000000',
      DATABASE_URL: adminUrl,
      ...variables,
    };
    await resetCity(environment);
    for (const register of REGISTERS)
      setLogLevel(connectorFile(dataDirectory, register), variables['PRAYA_LOG_LEVEL']);
    const { config, routes, log } = await runPlatform(environment, undo);
    const connectorLog = await runConnectors({ dataDirectory, basePort }, undo);
    const open = (room: string) => {
      const pool = openDatabase(roomDatabaseUrl(adminUrl, testMasterKey, room), { max: 2, name: 'test' });
      undo.push(() => pool.end({ timeout: 1 }));
      return pool;
    };
    return {
      origin: `http://localhost:${basePort}`,
      basePort,
      dataDirectory,
      residents: RESIDENTS,
      seed: SEED,
      config,
      routes,
      platformLog: () => log.join(''),
      connectorLog,
      open,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function startDatabase(dataDirectory: string, undo: (() => unknown)[]): Promise<string> {
  const directory = join(dataDirectory, 'postgres');
  mkdirSync(directory, { recursive: true });
  undo.push(() => erasePostgres(directory));
  const postgres = await startPostgres({ directory });
  undo.push(postgres.stop);
  return ensureDatabase(postgres.adminUrl, 'praya');
}

async function resetCity(environment: Readonly<Record<string, string>>): Promise<void> {
  const script = join(ROOT, 'apps', 'platform', 'src', 'operate', 'reset-city.ts');
  const PRAYA_MASTER_KEY = Buffer.from(testMasterKey).toString('base64url');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment, PRAYA_MASTER_KEY },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = collect(child);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The city was not made: ${said()}`);
}

function connectorFile(dataDirectory: string, register: string): string {
  return join(dataDirectory, 'connectors', register, 'config.json');
}

function setLogLevel(file: string, logLevel: string | undefined): void {
  if (logLevel === undefined) return;
  const config = JSON.parse(readFileSync(file, 'utf8'));
  writePrivateJson(file, { ...config, logLevel });
}

async function runPlatform(environment: Readonly<Record<string, string>>, undo: (() => unknown)[]) {
  const log: string[] = [];
  const config = readConfig(environment);
  const { value, routes } = await withRoutes(() =>
    composePlatform(config, {
      masterKey: testMasterKey,
      log: createLog({ service: 'platform', level: 'debug' }, { write: (line) => void log.push(line) }),
    }),
  );
  const platform: Platform = value;
  undo.push(platform.close);
  await platform.listen();
  return { config, routes, log };
}

// Fastify says when a server begins to be; whoever listens then sees every route, also those of plugins.
async function withRoutes<T>(compose: () => Promise<T>): Promise<{ value: T; routes: Route[] }> {
  const routes: Route[] = [];
  const listener = (message: unknown) => {
    const { fastify } = message as { fastify: Server };
    fastify.addHook('onRoute', ({ method, url, config, schema }) => {
      const { properties = {} } = (schema?.body ?? {}) as { properties?: object };
      for (const one of [method].flat())
        routes.push({
          method: one,
          url,
          policy: config?.policy?.name ?? 'none',
          members: Object.keys(properties),
        });
    });
  };
  subscribe('fastify.initialization', listener);
  try {
    return { value: await compose(), routes };
  } finally {
    unsubscribe('fastify.initialization', listener);
  }
}

async function runConnectors(
  about: { dataDirectory: string; basePort: number },
  undo: (() => unknown)[],
): Promise<() => string> {
  const script = join(ROOT, 'apps', 'connector', 'src', 'main.ts');
  const children = REGISTERS.map((register) => {
    const file = connectorFile(about.dataDirectory, register);
    return spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  });
  const logs = children.map(collect);
  undo.push(() => Promise.all(children.map(end)));
  await Promise.all(children.map((_child, at) => ready(about.basePort + 1 + at, logs[at])));
  return () => logs.map((log) => log()).join('');
}

function collect(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  return () => said;
}

async function ready(port: number, log: (() => string) | undefined): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`http://localhost:${port}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`The connector at ${port} is not ready: ${log?.()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
