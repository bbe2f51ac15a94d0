import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestLog, type TestLog } from '../../apps/witness/src/testing/test-log.ts';
import { makeWitnessFiles, type WitnessFiles } from '../../apps/witness/src/testing/test-witness.ts';
import { until } from '../support/fault-city/processes.ts';

const PORTS = [24_010, 24_011] as const;
const FAULTY = join(import.meta.dirname, '../../apps/witness/src/testing/faulty-witness.ts');
const CLI = join(import.meta.dirname, '../../apps/cli/src/main.ts');

const children: ChildProcess[] = [];
let log: TestLog;
let files: WitnessFiles;

beforeEach(() => {
  log = createTestLog('log.example.gov/log/evidence/2026h2');
  files = makeWitnessFiles([log]);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A witness in a process of its own, which may be killed at a point of its nth request. */
async function startWitness(about: { port: number; at?: string; nth?: number; configFile?: string }) {
  const { port, at = 'never', nth = 1, configFile = files.configFile } = about;
  const child = fork(FAULTY, [configFile, String(port), at, String(nth)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function ask(port: number, body: string): Promise<{ status: number; text: string } | null> {
  try {
    const response = await fetch(`http://localhost:${port}/add-checkpoint`, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}

async function sizeOf(port: number): Promise<number> {
  const answer = await ask(port, log.request(1, 1));
  if (answer?.status === 409) return Number(answer.text);
  if (answer?.status === 200) return 1;
  throw new Error(`No size: ${JSON.stringify(answer)}`);
}

describe('a witness that is killed', () => {
  test.each(['before-persist', 'after-persist'])(
    '%s has never forgotten what it answered, whichever request it was',
    async (at) => {
      const [port] = PORTS;
      for (const nth of [1, 3, 4]) {
        files = makeWitnessFiles([log]);
        const child = await startWitness({ port, at, nth });
        const exit = once(child, 'exit');
        let answered = 0;
        for (let size = 1; size <= nth; size += 1) {
          const answer = await ask(port, log.request(answered, size));
          if (answer === null) break;
          expect(answer.status).toBe(200);
          answered = size;
        }
        expect(await exit).toEqual([null, 'SIGKILL']);
        expect(answered).toBe(nth - 1);
        const again = await startWitness({ port });
        const size = await sizeOf(port);
        expect(size).toBe(at === 'after-persist' ? nth : nth - 1);
        expect((await ask(port, log.forkedAt(0).request(size, size + 1)))?.status).toBe(
          size === 0 ? 200 : 422,
        );
        again.kill('SIGKILL');
        await once(again, 'exit');
      }
    },
  );

  test('at any moment under load starts again at what it answered last, or above', async () => {
    const [port] = PORTS;
    let answered = 0;
    for (let round = 0; round < 4; round += 1) {
      const child = await startWitness({ port });
      const exit = once(child, 'exit');
      const known = await sizeOfAny(port);
      expect(known).toBeGreaterThanOrEqual(answered);
      answered = known;
      const from = answered;
      for (let size = answered + 1; size <= 40; size += 1) {
        const answer = await ask(port, log.request(answered, size));
        if (answer?.status !== 200) break;
        answered = size;
        // Timed from an answer, not from the start: on a busy machine the first one may take its time.
        if (size === from + 2) setTimeout(() => child.kill('SIGKILL'), 3 * round);
      }
      child.kill('SIGKILL');
      await exit;
    }
    expect(answered).toBeGreaterThanOrEqual(8);
  });
});

/** The size that it has, asked with one that no log of ours has. */
async function sizeOfAny(port: number): Promise<number> {
  const answer = await ask(port, log.request(40, 40));
  return answer?.status === 200 ? 40 : Number(answer?.text);
}

describe('two witnesses on one state', () => {
  test('cosign of two trees that race from one size exactly one; the other is told the size', async () => {
    const logs = Array.from({ length: 16 }, (_, at) => createTestLog(`log-${at}.example.gov`));
    files = makeWitnessFiles(logs);
    await Promise.all(PORTS.map((port) => startWitness({ port })));
    const [one, other] = PORTS;
    for (const [at, honest] of logs.entries()) {
      const size = at % 2 === 0 ? 9 : 8;
      expect((await ask(one, honest.request(0, 5)))?.status).toBe(200);
      const answers = await Promise.all([
        ask(one, honest.request(5, 8)),
        ask(other, honest.forkedAt(5).request(5, size)),
      ]);
      const codes = answers.map((answer) => answer?.status);
      expect(codes.toSorted()).toEqual([200, 409]);
      const winner = codes.indexOf(200);
      expect(answers[1 - winner]?.text).toBe(`${winner === 0 ? 8 : size}\n`);
    }
  });
});

describe('praya witness', () => {
  test('makes a witness and runs it, until it is told to end', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'praya-witness-')), 'own');
    const made = spawnSync(
      process.execPath,
      [CLI, 'witness', 'new', '--name', 'witness.example.edu/w2', '--directory', directory, '--json'],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(made.stdout)).toMatchObject({ name: 'witness.example.edu/w2', keys: { length: 2 } });
    const configFile = join(directory, 'config.json');
    const listen = { port: PORTS[0] };
    writeFileSync(join(directory, 'logs'), `${log.vkey}\n`);
    writeFileSync(configFile, JSON.stringify({ name: 'witness.example.edu/w2', listen, logs: 'logs' }));
    const child = fork(CLI, ['witness', '--config', configFile], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    const cosigned = async () => (await ask(PORTS[0], log.request(0, 5)))?.status === 200;
    await until('the witness cosigns', cosigned, 20_000);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await ask(PORTS[0], log.request(5, 6))).toBeNull();
  });

  test('does not start without its state, and says what to do', () => {
    rmSync(join(files.made.directory, 'state.db'));
    const run = spawnSync(process.execPath, [CLI, 'witness', '--config', files.configFile], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('There is no state');
    expect(run.stderr).toContain('make a new witness');
    expect(run.stderr).not.toContain('    at ');
  });
});

/** Mounts a small disk on a new directory; answers what `mount` says where it cannot. */
function mountDisk(): { directory: string } | { reason: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { reason: 'only root on Linux mounts' };
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'praya-disk-')));
  const words = ['-t', 'tmpfs', '-o', 'size=256k,mode=0755', 'tmpfs', directory];
  const { status, stderr, error } = spawnSync('mount', words, { encoding: 'utf8' });
  if (status === 0) return { directory };
  rmSync(directory, { recursive: true });
  return { reason: `mount: ${error?.message ?? stderr.trim()}` };
}

function unmountDisk(directory: string): void {
  spawnSync('umount', ['-l', directory]);
  rmSync(directory, { recursive: true, force: true });
}

function obstacle(): string | null {
  const tried = mountDisk();
  if ('reason' in tried) return tried.reason;
  unmountDisk(tried.directory);
  return null;
}

const reason = obstacle();
const title = reason === null ? 'a disk that is full' : `a disk that is full (skipped: ${reason})`;

describe.skipIf(reason !== null)(title, () => {
  test('503 and no cosignature; from where there is room it goes on where it was', async () => {
    const [port] = PORTS;
    const disk = mountDisk();
    if ('reason' in disk) throw new Error(disk.reason);
    const directory = join(disk.directory, 'own');
    const ballast = join(disk.directory, 'ballast');
    try {
      cpSync(files.made.directory, directory, { recursive: true });
      const configFile = join(directory, 'config.json');
      const child = await startWitness({ port, configFile });
      expect((await ask(port, log.request(0, 5)))?.status).toBe(200);
      const { bavail, bsize } = statfsSync(disk.directory);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      for (let turn = 0; turn < 3; turn += 1) {
        const answer = await ask(port, log.request(5, 6));
        expect(answer?.status).toBe(503);
        expect(answer?.text).not.toContain('—');
      }
      // What needs no room is answered as ever.
      expect(await ask(port, log.request(3, 6))).toEqual({ status: 409, text: '5\n' });
      rmSync(ballast);
      expect((await ask(port, log.request(5, 6)))?.status).toBe(200);
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      await startWitness({ port, configFile });
      expect(await sizeOf(port)).toBe(6);
    } finally {
      unmountDisk(disk.directory);
    }
  });
});
