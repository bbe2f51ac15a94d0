import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { findBinaries } from './embedded-postgres/binaries.ts';
import { administratorPassword, initialise, placeData } from './embedded-postgres/data-directory.ts';
import {
  type Ending,
  type Postmaster,
  runPostmaster,
  stopOrphan,
  tailOf,
} from './embedded-postgres/postmaster.ts';
import { systemUser } from './embedded-postgres/system-user.ts';

export type EmbeddedPostgres = {
  /** Of the superuser, to the database `postgres`. */
  adminUrl: string;
  port: number;
  pid: number;
  /** Settles when PostgreSQL ends, asked to or not: a supervisor starts it again. */
  exited: Promise<Ending>;
  /** Fast shutdown: open transactions are rolled back, everything committed is kept. Waits for the end. */
  stop: () => Promise<void>;
};

/**
 * Starts the PostgreSQL of a directory on 127.0.0.1, creating the cluster the first time.
 * The caller stops it on its own signals; if the caller dies without doing so, PostgreSQL shuts itself down.
 *
 * Shape: `<directory>/{data/,port,postgres.log}`; the password is in `passwordFile`, by default
 * `<directory>/../secrets/postgres-password`. Run as root, the data belongs to a system user, and lives under
 * `/var/lib/praya` (with a link at `<directory>/data`) when that user cannot reach the directory.
 * Errors: throws when another living process already runs this directory, or when PostgreSQL does not come up.
 */
export async function startPostgres(options: {
  directory: string;
  port?: number;
  passwordFile?: string;
  log?: (message: string) => void;
}): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const directory = resolve(options.directory);
  const passwordFile = options.passwordFile ?? join(dirname(directory), 'secrets', 'postgres-password');
  const user = systemUser();
  const binaries = findBinaries(user, log);
  const data = placeData({ directory, user, log });
  await stopOrphan(data, log);
  const password = administratorPassword(passwordFile, existsSync(join(data, 'praya-initialised')));
  initialise({ binaries, data, user, password });
  const logFile = join(directory, 'postgres.log');
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await storedOrFreePort(directory, attempt));
    const adminUrl = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
    const postmaster = runPostmaster({ program: binaries.postgres, data, port, user, logFile });
    if (await becomesReady(postmaster, adminUrl)) {
      rememberPort(directory, port);
      return { adminUrl, port, pid: postmaster.pid, exited: postmaster.exited, stop: postmaster.stop };
    }
    await postmaster.stop();
    if (attempt === 10) throw new Error(`PostgreSQL does not start on port ${port}:\n${tailOf(logFile)}`);
    await sleep(500);
  }
}

// The port of last time, so that addresses noted elsewhere stay right; another one when it has been taken since.
async function storedOrFreePort(directory: string, attempt: number): Promise<number> {
  const stored = storedPort(directory);
  if (attempt <= 3 && stored > 0 && (await listenOnce(stored)) === stored) return stored;
  return (await listenOnce(0)) ?? 0;
}

function storedPort(directory: string): number {
  const file = join(directory, 'port');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

// Nothing is written where nothing is new: after a crash for want of room there may be none for this either.
function rememberPort(directory: string, port: number): void {
  if (storedPort(directory) !== port) writeFileSync(join(directory, 'port'), `${port}\n`);
}

function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null));
    });
  });
}

async function becomesReady(postmaster: Postmaster, adminUrl: string): Promise<boolean> {
  const deadline = Date.now() + 60_000;
  while (!postmaster.ended() && Date.now() < deadline) {
    if (await answers(adminUrl)) return !postmaster.ended();
    await sleep(50);
  }
  return false;
}

// Also closes the maintenance databases to everyone but the administrator: every login role could enter them.
async function answers(adminUrl: string): Promise<boolean> {
  const sql = postgres(adminUrl, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql.unsafe('revoke connect, temporary on database postgres, template1 from public');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '28P01') throw error;
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
