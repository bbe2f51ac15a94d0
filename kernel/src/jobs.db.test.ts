import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase, transaction } from './database.ts';
import { startPostgres } from './embedded-postgres.ts';
import { type JobOptions, jobsDatabaseUrl, startJobs } from './jobs.ts';
import { silentLog } from './log.ts';
import { migrate, type RoomMigrations, roomDatabaseUrl } from './migrate.ts';
import { emit, enqueue } from './outbox.ts';
import { type FreshDatabase, freshDatabase, testMasterKey } from './testing.ts';

let home: string;
let room: RoomMigrations;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'praya-jobs-'));
  await chmod(home, 0o755);
  const directory = join(home, 'migrations');
  await mkdir(directory);
  await writeFile(join(directory, '0001-t.sql'), 'create table changes (id int)');
  room = { name: 'test_jobs_room', directory };
});

afterAll(() => rm(home, { recursive: true, force: true }));

function run(database: FreshDatabase, options: Partial<JobOptions>) {
  const url = jobsDatabaseUrl(database.adminUrl, database.masterKey);
  return startJobs({ url, handlers: {}, listeners: {}, log: silentLog(), ...options });
}

const soon = { timeout: 20_000, interval: 50 };

test('a job enqueued in a transaction that is rolled back never runs', async () => {
  await using database = await freshDatabase([room]);
  const db = database.open(room.name);
  const kept = vi.fn(async () => {});
  const jobs = await run(database, { handlers: { kept } });
  const failing = transaction(db, async (tx) => {
    await enqueue(tx, { job: 'kept', payload: { number: 1 } });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await transaction(db, (tx) => enqueue(tx, { job: 'kept', payload: { number: 2 } }));
  await vi.waitFor(() => expect(kept).toHaveBeenCalled(), soon);
  await jobs.stop();
  expect(kept.mock.calls.map((call: unknown[]) => call[0])).toEqual([{ number: 2 }]);
});

test('each listener of an event hears it, and one that fails is tried again alone', async () => {
  await using database = await freshDatabase([room]);
  const steady = vi.fn(async () => {});
  const shaky = vi.fn(async (_event: unknown, { attempt }: { attempt: number }) => {
    if (attempt === 1) throw new Error('not yet');
  });
  const jobs = await run(database, { listeners: { 'consent.revoked': { steady, shaky } } });
  const event = { name: 'consent.revoked', at: '2026-01-01T00:00:00.000Z', consentId: 'con_1' };
  await transaction(database.open(room.name), (tx) => emit(tx, event));
  await vi.waitFor(() => expect(shaky).toHaveBeenCalledTimes(2), soon);
  await jobs.stop();
  expect(steady).toHaveBeenCalledTimes(1);
  expect(shaky.mock.calls[1]?.[0]).toEqual(event);
});

test('a job waits for its time, and a later one under the same key replaces it', async () => {
  await using database = await freshDatabase([room]);
  const db = database.open(room.name);
  const runAt = new Date(Date.now() + 3_600_000);
  await enqueue(db, { job: 'ring', payload: { number: 1 }, runAt, key: 'bell' });
  await enqueue(db, { job: 'ring', payload: { number: 2 }, key: 'bell' });
  const ring = vi.fn(async () => {});
  const jobs = await run(database, { handlers: { ring } });
  await vi.waitFor(() => expect(ring).toHaveBeenCalled(), soon);
  await jobs.stop();
  expect(ring.mock.calls.map((call: unknown[]) => call[0])).toEqual([{ number: 2 }]);
});

test('a room cannot reach the queue except through its two functions', async () => {
  await using database = await freshDatabase([room]);
  const db = database.open(room.name);
  await expect(db`select graphile_worker.add_job('x')`).rejects.toMatchObject({ code: '42501' });
  await expect(db`select * from kernel.job_runners`).rejects.toMatchObject({ code: '42501' });
});

test('a job whose process was killed is taken up by another process', async () => {
  await using database = await freshDatabase([room]);
  const url = jobsDatabaseUrl(database.adminUrl, database.masterKey);
  const script = fileURLToPath(new URL('../../tests/support/job-runner.ts', import.meta.url));
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  await enqueue(database.open(room.name), { job: 'slow', payload: { number: 1 } });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const slow = vi.fn(async () => {});
  const jobs = await run(database, { handlers: { slow } });
  await vi.waitFor(() => expect(slow).toHaveBeenCalledTimes(1), soon);
  await jobs.stop();
});

test('a job in progress is left to its living process', async () => {
  await using database = await freshDatabase([room]);
  const gate = Promise.withResolvers<void>();
  const long = vi.fn(() => gate.promise);
  const first = await run(database, { handlers: { long } });
  const second = await run(database, { handlers: { long } });
  await enqueue(database.open(room.name), { job: 'long', payload: {} });
  await new Promise((resolve) => setTimeout(resolve, 9_000));
  gate.resolve();
  await first.stop();
  await second.stop();
  expect(long).toHaveBeenCalledTimes(1);
});

test('jobs and pools go on after the database was killed and started again, with everything committed kept', async () => {
  const directory = join(home, 'postgres');
  const before = await startPostgres({ directory });
  await migrate({ adminUrl: before.adminUrl, masterKey: testMasterKey, rooms: [room] });
  const db = openDatabase(roomDatabaseUrl(before.adminUrl, testMasterKey, room.name));
  const work = vi.fn(async () => {});
  const url = jobsDatabaseUrl(before.adminUrl, testMasterKey);
  const jobs = await startJobs({ url, handlers: { work }, listeners: {}, log: silentLog() });
  await transaction(db, async (tx) => {
    await tx`insert into changes values (1)`;
    await enqueue(tx, { job: 'work', payload: {}, runAt: new Date(Date.now() + 3_000) });
  });
  process.kill(before.pid, 'SIGKILL');
  expect(await before.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const after = await startPostgres({ directory });
  expect(after.port).toBe(before.port);
  await vi.waitFor(async () => expect(await db`select id from changes`).toEqual([{ id: 1 }]), soon);
  await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(1), soon);
  await jobs.stop();
  await db.end();
  await after.stop();
});
