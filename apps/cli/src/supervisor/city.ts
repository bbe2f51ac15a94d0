import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startPostgres } from '@praya/kernel/embedded-postgres';
import { ensureDatabase } from '@praya/kernel/migrate';
import { dataPath, type Settings } from '../settings.ts';
import { type Child, type ChildPlan, keepRunning, runToEnd } from './child.ts';
import { buildPortal } from './portal-build.ts';
import { answersInTime, isNotFounded } from './ready.ts';
import { noteRunning, type RunningNote, type RunningProcess, runningCity } from './run-file.ts';
import { ensureWitnesses, witnessPlans, witnessPorts } from './witnesses.ts';

/** The processes of one city and how to end them. */
export type City = {
  readonly origin: string;
  readonly bankOrigin: string | null;
  readonly databaseUrl: string;
  readonly children: readonly Child[];
  stop(): Promise<void>;
};

const READY_MS = 60_000;
const RESTART_MS = 1000;

const NOT_FOUNDED =
  'This city is not founded yet: its directory is empty and nobody can sign in. See docs/how-to/found-a-city.md';

/** The order in which a city comes up; each step is said aloud. */
export async function startCity(settings: Settings, say: (message: string) => void): Promise<City> {
  const other = runningCity(settings);
  if (other !== undefined)
    throw new Error(
      `A city already runs on ${settings.dataDirectory} (process ${other.pid}, ${other.origin}).`,
    );
  const origin = originOf(settings);
  if (settings.PRAYA_ENV === 'production' && settings.DATABASE_URL === undefined)
    say(
      'Warning: a production city on the embedded PostgreSQL. Nobody but you backs it up, and it dies with this machine. DATABASE_URL names a server.',
    );
  mkdirSync(settings.dataDirectory, { recursive: true });
  buildPortal(settings.root);
  let children: readonly Child[] = [];
  let note: RunningNote | undefined;
  const renewNote = () => note?.renew(processesOf([database, ...children]));
  const database = await openCityDatabase(settings, say, renewNote);
  const undo: (() => Promise<void> | void)[] = [database.stop];
  const stop = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    note = noteRunning(settings, { pid: process.pid, databaseUrl: database.url, origin });
    undo.push(note.remove);
    await ensureCity(settings, database.url, say);
    if (settings.PRAYA_ENV === 'demonstration') ensureWitnesses(settings);
    const watcher = { note: say, started: renewNote };
    children = plansOf(settings, database.url).map((plan) => keepRunning(plan, watcher));
    renewNote();
    undo.push(async () => void (await Promise.all(children.map((child) => child.stop()))));
    await allReady(settings);
    if (settings.PRAYA_ENV === 'production' && (await isNotFounded(settings))) say(NOT_FOUNDED);
    const hasBank = settings.PRAYA_ENV === 'demonstration' && existsSync(bankConfig(settings));
    const bankOrigin = hasBank ? `http://localhost:${settings.PRAYA_PORT + 10}` : null;
    return { origin, bankOrigin, databaseUrl: database.url, children, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The database of a city. `pid` is that of the embedded server, if that is what it is. */
export type CityDatabase = Pick<Child, 'name' | 'pid' | 'stop'> & { readonly url: string };

/** The database of the city: the given server, or the embedded one, started and kept running. */
export async function openCityDatabase(
  settings: Settings,
  say: (message: string) => void,
  started: () => void = () => undefined,
): Promise<CityDatabase> {
  const name = 'postgres';
  if (settings.DATABASE_URL !== undefined)
    return { name, url: settings.DATABASE_URL, pid: () => undefined, stop: async () => undefined };
  let stopping = false;
  const directory = dataPath(settings, 'postgres');
  let postgres: EmbeddedPostgres = await startPostgres({ directory, log: say });
  const { port } = postgres;
  const url = await ensureDatabase(postgres.adminUrl, 'praya');
  const startAgain = async () => {
    try {
      postgres = await startPostgres({ directory, port, log: say });
      // Told to end while it came up.
      if (stopping) await postgres.stop();
      started();
    } catch (error) {
      say(`PostgreSQL does not start: ${error instanceof Error ? error.message : String(error)}`);
      await sleep(RESTART_MS);
    }
  };
  const watch = async () => {
    while (!stopping) {
      const ending = await postgres.exited;
      if (stopping) return;
      say(`PostgreSQL ended (${JSON.stringify(ending)}); starting it again.`);
      await startAgain();
    }
  };
  const watching = watch();
  const stop = async () => {
    stopping = true;
    await postgres.stop();
    await watching;
  };
  return { name, url, pid: () => postgres.pid, stop };
}

/** Runs one of the platform's operations (`apps/platform/src/operate/<name>.ts`) to its end. */
export async function operate(
  settings: Settings,
  about: { name: string; databaseUrl: string; environment?: Readonly<Record<string, string>> },
): Promise<void> {
  const plan: ChildPlan = {
    name: about.name,
    script: join(settings.root, 'apps', 'platform', 'src', 'operate', `${about.name}.ts`),
    environment: { ...environmentOf(settings, about.databaseUrl), ...about.environment },
    logFile: dataPath(settings, 'logs', `${about.name}.log`),
  };
  if ((await runToEnd(plan)) !== 0) throw new Error(`${about.name} failed. See ${plan.logFile}`);
}

async function ensureCity(
  settings: Settings,
  databaseUrl: string,
  say: (message: string) => void,
): Promise<void> {
  if (settings.PRAYA_ENV !== 'demonstration' || existsSync(dataPath(settings, 'city.json'))) return;
  say(`Making a city of ${settings.PRAYA_RESIDENTS} synthetic residents …`);
  await operate(settings, { name: 'reset-city', databaseUrl });
}

function plansOf(settings: Settings, databaseUrl: string): ChildPlan[] {
  const app = (...parts: string[]) => join(settings.root, ...parts);
  const log = (name: string) => dataPath(settings, 'logs', `${name}.log`);
  const platform: ChildPlan = {
    name: 'platform',
    script: app('apps', 'platform', 'src', 'main.ts'),
    environment: environmentOf(settings, databaseUrl),
    logFile: log('platform'),
  };
  if (settings.PRAYA_ENV !== 'demonstration') return [platform];
  const connectors = connectorNames(settings).map((name) => ({
    name: `connector ${name}`,
    script: app('apps', 'connector', 'src', 'main.ts'),
    environment: { PRAYA_CONNECTOR_CONFIG: dataPath(settings, 'connectors', name, 'config.json') },
    logFile: log(`connector-${name}`),
  }));
  const bank: ChildPlan = {
    name: 'bank',
    script: app('examples', 'bank', 'src', 'main.ts'),
    environment: { PRAYA_BANK_CONFIG: bankConfig(settings) },
    logFile: log('bank'),
  };
  return [...witnessPlans(settings), platform, ...connectors, bank];
}

function environmentOf(settings: Settings, databaseUrl: string): Record<string, string> {
  return {
    PRAYA_ENV: settings.PRAYA_ENV,
    PRAYA_PORT: String(settings.PRAYA_PORT),
    PRAYA_DATA: settings.dataDirectory,
    PRAYA_WORKERS: String(settings.PRAYA_WORKERS),
    PRAYA_RESIDENTS: String(settings.PRAYA_RESIDENTS),
    DATABASE_URL: databaseUrl,
  };
}

async function allReady(settings: Settings): Promise<void> {
  const ports = [settings.PRAYA_PORT];
  if (settings.PRAYA_ENV === 'demonstration') {
    const names = connectorNames(settings);
    ports.push(
      ...names.map((_name, position) => settings.PRAYA_PORT + 1 + position),
      settings.PRAYA_PORT + 10,
      ...witnessPorts(settings),
    );
  }
  const ready = await Promise.all(
    ports.map((port) => answersInTime(`http://localhost:${port}/health/ready`, READY_MS)),
  );
  const late = ports.filter((_port, position) => ready[position] === false);
  if (late.length > 0)
    throw new Error(
      `Not ready in ${READY_MS / 1000} s on port ${late.join(', ')}. See ${dataPath(settings, 'logs')}`,
    );
}

// As people see it. What listens on this machine is http in either case; TLS is the proxy's.
function originOf({ PRAYA_ENV, PRAYA_ORIGIN, PRAYA_PORT }: Settings): string {
  if (PRAYA_ENV === 'production' && PRAYA_ORIGIN?.startsWith('https://') !== true)
    throw new Error('PRAYA_ORIGIN: a production city is reached by https, and has to be told its address.');
  return PRAYA_ORIGIN ?? `http://localhost:${PRAYA_PORT}`;
}

function processesOf(children: readonly Pick<Child, 'name' | 'pid'>[]): RunningProcess[] {
  return children.flatMap(({ name, pid }) => {
    const id = pid();
    return id === undefined ? [] : [{ name, pid: id }];
  });
}

function connectorNames(settings: Settings): string[] {
  const city: { connectors: string[] } = JSON.parse(readFileSync(dataPath(settings, 'city.json'), 'utf8'));
  return city.connectors;
}

function bankConfig(settings: Settings): string {
  return dataPath(settings, 'bank', 'config.json');
}
