import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startPostgres } from '@praya/kernel/embedded-postgres';
import { erasePostgres } from '@praya/kernel/embedded-postgres/data-directory';
import { freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { entryOf, ORIGIN, openLog, readLog, watchedSequencer } from './test-log.ts';

let directory: string;
let home: string;
let cluster: EmbeddedPostgres;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'praya-sequencer-'));
  chmodSync(home, 0o755);
  directory = join(home, 'postgres');
  cluster = await startPostgres({ directory });
  vi.stubEnv('PRAYA_TEST_DATABASE_URL', cluster.adminUrl);
}, 60_000);

afterEach(async () => {
  vi.unstubAllEnvs();
  await cluster.stop();
  erasePostgres(directory);
  rmSync(home, { recursive: true, force: true });
});

const endings = {
  'asked to stop': () => cluster.stop(),
  'killed in the middle': async () => {
    process.kill(cluster.pid, 'SIGKILL');
    await cluster.exited;
  },
};

test.each(Object.entries(endings))(
  'a database server that is %s and started again: all that was acknowledged is there',
  async (_name, end) => {
    await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
    const db = database.open('ledger', 3);
    await openLog(db);
    const confirm = vi.fn(async () => 'confirmed' as const);
    const { sequencer, leases } = watchedSequencer(db, 'one', { confirm });
    const acknowledged = new Map<string, number>();
    let refused = 0;
    let on = true;
    const callers = Array.from({ length: 16 }, async (_, caller) => {
      for (let n = 0; on; n += 1) {
        const name = `caller ${caller} entry ${n}`;
        const places = await sequencer.sequence(ORIGIN, [entryOf(name)]);
        if (places.ok) acknowledged.set(name, places.value[0] ?? -1);
        else refused += 1;
      }
    });
    await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(500), { timeout: 20_000 });
    await end();
    // Answers that were on the way are read.
    await sleep(300);
    const before = acknowledged.size;
    await sleep(500);
    expect(acknowledged.size).toBe(before);
    cluster = await startPostgres({ directory });
    await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(before + 500), { timeout: 20_000 });
    on = false;
    await Promise.all(callers);
    const log = await readLog(db);
    expect(new Set(log).size).toBe(log.length);
    expect([...acknowledged].filter(([name, place]) => log[place] !== name)).toEqual([]);
    expect(refused).toBe(0);
    expect(confirm.mock.calls.length).toBe(2);
    expect(leases.length).toBeGreaterThan(1);
    await sequencer.stop();
  },
  60_000,
);
