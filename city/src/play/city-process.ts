import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { erasePostgres } from '@praya/kernel/embedded-postgres/data-directory';
import type { BankKeys } from './bank.ts';

/** A whole city in a folder of its own: what `praya start` starts, for the demonstration, tests and benchmarks. */
export type CityProcess = AsyncDisposable & {
  readonly origin: string;
  readonly bankOrigin: string;
  readonly dataDirectory: string;
  readonly basePort: number;
  readonly pid: number;
  /** What a running city notes about itself. */
  databaseUrl(): string;
  /** The processes that run now, by their names: `postgres`, `platform`, `connector persons`, … */
  processes(): readonly { readonly name: string; readonly pid: number }[];
  stop(): Promise<void>;
};

/** What the city wrote for its bank. */
export type BankFiles = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly issuer: string;
  readonly keys: BankKeys;
};

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const PORTS_NEEDED = [0, 1, 2, 3, 10, 11, 12, 13, 101, 102, 103];
const START_MS = 120_000;

/** Starts a city and waits until it is ready. */
export async function startCityProcess(
  about: {
    readonly residents?: number;
    readonly workers?: number;
    readonly dataDirectory?: string;
    readonly basePort?: number;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<CityProcess> {
  const dataDirectory = about.dataDirectory ?? mkdtempSync(join(tmpdir(), 'praya-city-'));
  const basePort = about.basePort ?? (await freeBasePort());
  const child = spawn(process.execPath, [join(ROOT, 'apps', 'cli', 'src', 'main.ts'), 'start', '--json'], {
    env: {
      ...process.env,
      PRAYA_ENV: 'demonstration',
      PRAYA_DATA: dataDirectory,
      PRAYA_PORT: String(basePort),
      PRAYA_RESIDENTS: String(about.residents ?? 200),
      PRAYA_WORKERS: String(about.workers ?? 2),
      DATABASE_URL: '',
      ...about.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await ready(child);
  const noted = () => JSON.parse(readFileSync(join(dataDirectory, 'run', 'city.json'), 'utf8'));
  const stop = async () => {
    await ended(child);
    if (about.dataDirectory === undefined) erase(dataDirectory);
  };
  return {
    origin: `http://localhost:${basePort}`,
    bankOrigin: `http://localhost:${basePort + 10}`,
    dataDirectory,
    basePort,
    pid: child.pid ?? 0,
    databaseUrl: () => noted().databaseUrl,
    processes: () => noted().processes,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The bank's registration and keys, as the city wrote them. */
export function bankFiles(dataDirectory: string): BankFiles {
  const read = (name: string) => JSON.parse(readFileSync(join(dataDirectory, 'bank', name), 'utf8'));
  const config = read('config.json');
  return {
    clientId: config.clientId,
    issuer: config.issuer,
    redirectUri: `${config.origin}/callback`,
    keys: read('keys.json'),
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((settle, fail) => {
    let said = '';
    const late = setTimeout(() => fail(new Error(`The city is not ready in time:\n${said}`)), START_MS);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('"ready":true')) return;
      clearTimeout(late);
      settle();
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`The city ended with ${code}:\n${said}`));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((settle) => {
    child.once('exit', () => settle());
    child.kill('SIGTERM');
  });
}

function erase(dataDirectory: string): void {
  erasePostgres(join(dataDirectory, 'postgres'));
  rmSync(dataDirectory, { recursive: true, force: true });
}

/** A port from which the city's other ports count up, all of them free now. */
export async function freeBasePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    // Below 32768, from where on Linux gives ports to outgoing connections.
    const base = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all(PORTS_NEEDED.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('No free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen(port, 'localhost', () => server.close(() => settle(true)));
  });
}
