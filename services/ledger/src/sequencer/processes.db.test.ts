import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FAULT_POINTS, type FaultPoint } from './faults.ts';
import { ORIGIN, openLog, placesOf, readLog, type Watched, watchedSequencer } from './test-log.ts';

type Child = {
  readonly process: ChildProcess;
  readonly name: string;
  /** by number of the entry, the place that was acknowledged */
  readonly acknowledged: Map<number, number>;
  readonly said: string[];
  readonly ended: Promise<unknown>;
};

const program = fileURLToPath(new URL('../../../../tests/support/ledger-sequencer.ts', import.meta.url));
const soon = { timeout: 20_000, interval: 5 };

let database: FreshDatabase;
let db: DatabasePool;
let children: Child[];
let running: Watched[];

beforeEach(async () => {
  database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  db = database.open('ledger', 4);
  children = [];
  running = [];
  await openLog(db);
});

afterEach(async () => {
  for (const child of children) child.process.kill('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  await Promise.all(running.map(({ sequencer }) => sequencer.stop()));
  await database[Symbol.asyncDispose]();
});

function child(name: string, orders: object): Child {
  const all = JSON.stringify({ origin: ORIGIN, name, entries: 1e9, perCall: 1, callers: 32, ...orders });
  const process_ = spawn(process.execPath, [program, database.url('ledger'), all], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process_.stdin.on('error', () => {});
  const acknowledged = new Map<number, number>();
  const said: string[] = [];
  const lines = createInterface({ input: process_.stdout });
  lines.on('line', (line) => {
    const [, number, place] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (number === undefined) said.push(line);
    else acknowledged.set(Number(number), Number(place));
  });
  const ended = Promise.all([once(process_, 'exit'), once(lines, 'close')]);
  const one = { process: process_, name, acknowledged, said, ended };
  children.push(one);
  return one;
}

function here(name: string): Watched {
  const one = watchedSequencer(db, name);
  running.push(one);
  return one;
}

/** Every entry once, and each where its acknowledgement says. */
async function expectSound(of: readonly Child[]): Promise<string[]> {
  const log = await readLog(db);
  expect(new Set(log).size).toBe(log.length);
  for (const { name, acknowledged } of of) {
    const wrong = [...acknowledged].filter(([number, place]) => log[place] !== `${name} ${number}`);
    expect(wrong).toEqual([]);
  }
  return log;
}

// The promise is two seconds; a machine that is busy with much else cannot keep it for us.
function twoSeconds(): number {
  return (loadavg()[0] ?? 0) > 1.5 * availableParallelism() ? 10_000 : 2_000;
}

test('four processes append at once: nothing is lost, nothing is doubled', async () => {
  const four = ['a', 'b', 'c', 'd'].map((name, at) =>
    child(name, { entries: 1500, perCall: [1, 3, 10, 50][at], callers: 16 }),
  );
  for (const { said } of four) await vi.waitFor(() => expect(said).toContain('done'), soon);
  const log = await expectSound(four);
  expect(log).toHaveLength(6000);
  expect(four.map(({ acknowledged }) => acknowledged.size)).toEqual([1500, 1500, 1500, 1500]);
  expect(four.flatMap(({ said }) => said.filter((line) => line.startsWith('lease')))).toHaveLength(1);
});

test('the same entries from four processes have one place each', async () => {
  const four = [1, 2, 3, 4].map(() => child('same', { entries: 1000, perCall: 5, callers: 8 }));
  for (const { said } of four) await vi.waitFor(() => expect(said).toContain('done'), soon);
  expect(await expectSound(four)).toHaveLength(1000);
});

test('a holder that is stopped loses the lease, and finds out when it wakes up', async () => {
  const stopped = child('stopped', {});
  await vi.waitFor(() => expect(stopped.acknowledged.size).toBeGreaterThan(200), soon);
  const other = here('other');
  stopped.process.kill('SIGSTOP');
  const begun = performance.now();
  const limit = twoSeconds();
  const [place = -1] = await placesOf(other.sequencer, ['while it sleeps']);
  expect(performance.now() - begun).toBeLessThan(limit);
  expect(other.leases).toHaveLength(1);
  await placesOf(other.sequencer, ['and more']);
  await sleep(300);
  const before = stopped.acknowledged.size;
  stopped.process.kill('SIGCONT');
  await vi.waitFor(() => expect(stopped.acknowledged.size).toBeGreaterThan(before + 500), soon);
  expect(stopped.said.filter((line) => line === 'lost')).toHaveLength(1);
  expect(other.sequencer.leading()).toEqual([ORIGIN]);
  stopped.process.kill('SIGKILL');
  await stopped.ended;
  const log = await expectSound([stopped]);
  expect(log[place]).toBe('while it sleeps');
  // What was under way when it was stopped has one place as well, acknowledged or not.
  expect(await placesOf(other.sequencer, ['stopped 0', 'while it sleeps'])).toEqual([
    stopped.acknowledged.get(0),
    place,
  ]);
});

const OF_SENDERS: readonly FaultPoint[] = [
  'before-forward',
  'after-forward',
  'before-collect',
  'after-collect',
];
const OF_HOLDERS = FAULT_POINTS.filter((point) => !OF_SENDERS.includes(point));
const EARLY: readonly FaultPoint[] = ['before-lease', 'after-lease', 'after-window'];

test.each(OF_HOLDERS)(
  'a holder that is killed at “%s” is replaced, and nothing is lost or doubled',
  async (point) => {
    const other = here('other');
    const time = EARLY.includes(point) ? 1 : point.includes('trim') ? 1 : point.includes('renewal') ? 3 : 20;
    const killed = child('killed', { killAt: { point, time }, perCall: 2, limits: { trimMs: 150 } });
    await killed.ended;
    const died = performance.now();
    expect(killed.process.signalCode).toBe('SIGKILL');
    const limit = twoSeconds();
    const next = await placesOf(other.sequencer, ['of another process']);
    expect(performance.now() - died).toBeLessThan(limit);
    expect(other.sequencer.leading()).toEqual([ORIGIN]);
    expect(killed.acknowledged.size > 0).toBe(!EARLY.includes(point));
    const log = await expectSound([killed]);
    expect(next).toEqual([log.length - 1]);
    // All or nothing: the calls of two entries are whole.
    const pairs = new Set(
      log
        .filter((name) => name.startsWith('killed'))
        .map((name) => Math.floor(Number(name.split(' ')[1]) / 2)),
    );
    expect(log).toHaveLength(2 * pairs.size + 1);
    // Whoever asks again gets what was acknowledged.
    const numbers = [...killed.acknowledged.keys()].slice(-500);
    const again = await placesOf(
      other.sequencer,
      numbers.map((number) => `killed ${number}`),
    );
    expect(again).toEqual(numbers.map((number) => killed.acknowledged.get(number)));
  },
);

test.each([0, 1, 2, 3])(
  'killed %i ms after a statement was sent, whatever has become of it',
  async (afterMs) => {
    const killed = child('killed', {
      killAt: { point: 'sent-journal', time: 15, afterMs },
      perCall: 64,
      callers: 64,
      limits: { batchEntries: 512 },
    });
    await killed.ended;
    expect(killed.process.signalCode).toBe('SIGKILL');
    const other = here('other');
    await placesOf(other.sequencer, ['of another process']);
    const log = await expectSound([killed]);
    expect(log.length % 64).toBe(1);
    const numbers = [...killed.acknowledged.keys()];
    expect(numbers.length).toBeGreaterThan(1000);
    const again = await placesOf(
      other.sequencer,
      numbers.map((number) => `killed ${number}`),
    );
    expect(again).toEqual(numbers.map((number) => killed.acknowledged.get(number)));
  },
);

test.each(OF_SENDERS)(
  'a process that is killed at “%s”, handing over, leaves nothing behind',
  async (point) => {
    const holder = here('holder');
    await placesOf(holder.sequencer, ['first']);
    const killed = child('killed', { killAt: { point, time: 6 }, perCall: 2 });
    await killed.ended;
    expect(killed.process.signalCode).toBe('SIGKILL');
    const waiting = () => db`select from submissions where places is null`;
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(0), soon);
    expect(killed.acknowledged.size).toBeGreaterThan(0);
    const log = await expectSound([killed]);
    expect(await placesOf(holder.sequencer, ['last'])).toEqual([log.length]);
    expect(holder.leases).toHaveLength(1);
  },
);

test('the holder is killed while others hand over to it: one of them takes its place and finishes all', async () => {
  const holder = child('holder', { callers: 4 });
  await vi.waitFor(() => expect(holder.acknowledged.size).toBeGreaterThan(50), soon);
  const others = ['x', 'y'].map((name) => child(name, { entries: 4000, perCall: 4, callers: 16 }));
  for (const { acknowledged } of others)
    await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(100), soon);
  holder.process.kill('SIGKILL');
  for (const { said } of others) await vi.waitFor(() => expect(said).toContain('done'), soon);
  const log = await expectSound([holder, ...others]);
  expect(log.filter((name) => !name.startsWith('holder'))).toHaveLength(8000);
  expect(others.flatMap(({ said }) => said.filter((line) => line.startsWith('lease')))).toHaveLength(1);
  expect(others.flatMap(({ said }) => said.filter((line) => line.startsWith('refused')))).toEqual([]);
});
