import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { freeBasePort } from '@praya/city/play/city-process';
import { openDatabase } from '@praya/kernel/database';
import { ensureDatabase } from '@praya/kernel/migrate';
import { testMasterKey } from '@praya/kernel/testing';
import { localhostCertificate } from './certificate.ts';
import { startTlsProxy, type TlsProxy } from './tls-proxy.ts';

/** What a command said and how it ended. */
export type Outcome = { readonly code: number; readonly out: string; readonly err: string };

/** A machine on which a production city is to be: a database, a folder, a name with TLS, and nothing started. */
export type ProductionSite = AsyncDisposable & {
  readonly origin: string;
  readonly registerOrigin: string;
  readonly registerPort: number;
  readonly directory: string;
  readonly databaseUrl: string;
  praya(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Outcome>;
  node(script: string, args: readonly string[], input?: string): Promise<Outcome>;
  /** Starts a process; it is ready when it says so on standard output, or at once. */
  run(script: string, args: readonly string[], ready?: string): Promise<Running>;
};

export type Running = { readonly child: ChildProcess; said(): string; end(): Promise<number | null> };

const ROOT = resolve(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'apps', 'cli', 'src', 'main.ts');
const READY_MS = 60_000;

/** Prepares a site on the cluster of the tests. TLS is real; only the certificate authority is the test's own. */
export async function prepareSite(): Promise<ProductionSite> {
  const directory = mkdtempSync(join(tmpdir(), 'praya-production-'));
  const authority = localhostCertificate();
  const certificateFile = join(directory, 'authority.pem');
  writeFileSync(certificateFile, authority.certificate);
  setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
  const port = await freeBasePort();
  const platform = await startTlsProxy({ ...authority, to: () => port });
  const register = await startTlsProxy({ ...authority, to: () => port + 1 });
  const cluster = process.env['PRAYA_TEST_DATABASE_URL'] ?? '';
  const databaseUrl = await ensureDatabase(cluster, `test_production_${randomBytes(6).toString('hex')}`);
  const environment = {
    ...process.env,
    PRAYA_ENV: 'production',
    PRAYA_ORIGIN: platform.origin,
    PRAYA_PORT: String(port),
    PRAYA_DATA: join(directory, 'data'),
    PRAYA_WORKERS: '1',
    PRAYA_TRUST_PROXY: 'true',
    PRAYA_MASTER_KEY: Buffer.from(testMasterKey).toString('base64url'),
    DATABASE_URL: databaseUrl,
    NODE_EXTRA_CA_CERTS: certificateFile,
  };
  return siteOf({ directory, platform, register, port, databaseUrl, environment });
}

function siteOf(about: {
  directory: string;
  platform: TlsProxy;
  register: TlsProxy;
  port: number;
  databaseUrl: string;
  environment: NodeJS.ProcessEnv;
}): ProductionSite {
  const { directory, platform, register, port, databaseUrl, environment } = about;
  const running: Running[] = [];
  const node = (script: string, args: readonly string[], input = '') =>
    toEnd([script, ...args], { environment, input });
  return {
    origin: platform.origin,
    registerOrigin: register.origin,
    registerPort: port + 1,
    directory,
    databaseUrl,
    praya: (args, more = {}) =>
      toEnd([CLI, ...args], { environment: { ...environment, ...more }, input: '' }),
    node,
    run: async (script, args, ready) => {
      const started = await start([script, ...args], { environment, ready });
      running.push(started);
      return started;
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of running.reverse()) await one.end();
      await platform[Symbol.asyncDispose]();
      await register[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
      const admin = openDatabase(process.env['PRAYA_TEST_DATABASE_URL'] ?? '', { max: 1 });
      await admin.unsafe(`drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
      await admin.end();
    },
  };
}

function toEnd(
  args: readonly string[],
  about: { environment: NodeJS.ProcessEnv; input: string },
): Promise<Outcome> {
  return new Promise((settle) => {
    const child = execFile(
      process.execPath,
      [...args],
      { env: about.environment, timeout: READY_MS },
      (error, out, err) =>
        settle({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err }),
    );
    child.stdin?.end(about.input);
  });
}

async function start(
  args: readonly string[],
  about: { environment: NodeJS.ProcessEnv; ready: string | undefined },
): Promise<Running> {
  const child = spawn(process.execPath, [...args], {
    env: about.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const exit = new Promise<number | null>((settle) => child.once('exit', (code) => settle(code)));
  const ready = new Promise<void>((settle, fail) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      if (about.ready === undefined || said.includes(about.ready)) settle();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => fail(new Error(`Ended with ${code}:\n${said}`)));
    setTimeout(() => fail(new Error(`Not ready:\n${said}`)), READY_MS).unref();
  });
  await ready;
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    return exit;
  };
  return { child, said: () => said, end };
}

/** The JSON that a file holds. */
// biome-ignore lint/suspicious/noExplicitAny: files of the test's own making
export function readJson(...parts: readonly string[]): any {
  return JSON.parse(readFileSync(join(...parts), 'utf8'));
}
