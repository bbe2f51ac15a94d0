import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment } from './data-directory.ts';
import type { SystemUser } from './system-user.ts';

export type Ending = { code: number | null; signal: NodeJS.Signals | null };
export type Postmaster = {
  pid: number;
  exited: Promise<Ending>;
  stop: () => Promise<void>;
  ended: () => boolean;
};

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '256MB',
  synchronous_commit: 'on',
  fsync: 'on',
  wal_compression: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a@%d ',
  password_encryption: 'scram-sha-256',
};

// When our end of the pipe closes, however we died, the guard asks PostgreSQL for a fast shutdown.
const guardScript = 'read -r _; kill -INT "$1" 2>/dev/null';

/** Runs PostgreSQL on the data directory; it is shut down when this process ends in whatever way. */
export function runPostmaster(options: {
  program: string;
  data: string;
  port: number;
  user: SystemUser;
  logFile: string;
}): Postmaster {
  const { program, data, port, user, logFile } = options;
  const output = openSync(logFile, 'a', 0o600);
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(program, ['-D', data, '-p', String(port), ...args], {
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', output, output],
    detached: true,
    ...user,
  });
  closeSync(output);
  const exited = endingOf(child);
  if (child.pid === undefined) throw new Error(`Cannot run ${program}`);
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', String(child.pid)], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin.on('error', () => {});
  exited.then(() => guard.kill('SIGKILL'));
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  return { pid: child.pid, exited, ended, stop: () => stopChild(child, exited) };
}

/** Stops a PostgreSQL that a killed parent left running on this data directory, after making sure it is that one. */
export async function stopOrphan(data: string, log: (message: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!isAlive(pid)) return;
  if (!isPostmasterOf(pid, data)) {
    rmSync(pidFile, { force: true });
    return;
  }
  if (hasLiveParent(pid)) throw new Error(`PostgreSQL is already running on ${data} (process ${pid})`);
  log(`Stopping the PostgreSQL (process ${pid}) that an earlier run left on ${data}`);
  await endProcess(pid);
}

/** The last lines of the log, to say why a start failed. */
export function tailOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function stopChild(child: ChildProcess, exited: Promise<Ending>): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ];
  for (const [signal, waitMs] of steps) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([
      exited,
      sleep(waitMs, undefined, { signal: timer.signal, ref: false }).catch(() => {}),
    ]);
    timer.abort();
  }
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 50) await sleep(50);
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGQUIT');
  for (let waited = 0; waited < 5_000 && isAlive(pid); waited += 50) await sleep(50);
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  if (processStat(pid)?.state === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isPostmasterOf(pid: number, data: string): boolean {
  if (existsSync('/proc/self/cwd')) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes('postgres') && stdout.includes(data);
}

// A postmaster whose parent is a Node process still has an owner; an orphan was handed to init or a subreaper.
function hasLiveParent(pid: number): boolean {
  const parent = processStat(pid)?.parent;
  if (parent === undefined || parent === 1) return false;
  return /\bnode/.test(commandOf(parent)) && parent !== process.ppid;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
  } catch {
    return '';
  }
}

function processStat(pid: number): { state: string; parent: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]) };
  } catch {
    return null;
  }
}
