import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchanged, exchangeOnce, renewToken } from '../support/fault-city/exchanges.ts';
import { recount } from '../support/fault-city/ledger.ts';
import { commitmentOf, monitorOf } from '../support/fault-city/log.ts';
import { until } from '../support/fault-city/processes.ts';
import { type Consented, consentTo, openScene, type Scene } from '../support/fault-city/scene.ts';

const DISK = '600m';
const LEFT_BYTES = 512 * 1024;
const RECOVERY_MS = 30_000;

/** Mounts a small disk on a new directory; answers what `mount` says where it cannot. */
function mountDisk(): { directory: string } | { reason: string } {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'praya-disk-')));
  const options = `size=${DISK},mode=0755`;
  const words = ['-t', 'tmpfs', '-o', options, 'tmpfs', directory];
  const { status, stderr, error } = spawnSync('mount', words, { encoding: 'utf8' });
  if (status === 0) return { directory };
  rmSync(directory, { recursive: true });
  return { reason: `mount: ${error?.message ?? stderr.trim()}` };
}

function unmountDisk(directory: string): void {
  spawnSync('umount', ['-l', directory]);
  rmSync(directory, { recursive: true, force: true });
}

/** Why there cannot be a disk of its own here; null where there can. */
function obstacle(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux mounts';
  const tried = mountDisk();
  if ('reason' in tried) return tried.reason;
  unmountDisk(tried.directory);
  return null;
}

const reason = obstacle();
const title = reason === null ? 'a disk that is full' : `a disk that is full (skipped: ${reason})`;

describe.skipIf(reason !== null)(title, () => {
  let directory: string;
  let ballast: string;
  let scene: Scene;
  let consented: Consented;
  const acknowledged: Exchanged[] = [];

  beforeAll(async () => {
    const disk = mountDisk();
    if ('reason' in disk) throw new Error(disk.reason);
    directory = disk.directory;
    ballast = join(directory, 'ballast');
    scene = await openScene({ workers: 2, dataDirectory: join(directory, 'city') });
    consented = await consentTo(scene, { who: 0 });
  });

  afterAll(async () => {
    try {
      await scene?.[Symbol.asyncDispose]();
    } finally {
      if (directory !== undefined) unmountDisk(directory);
    }
  });

  async function ask(): Promise<Exchanged> {
    const exchanged = await exchangeOnce(scene, { consented, service: 'rates.address' });
    if (exchanged.status === 200) acknowledged.push(exchanged);
    if (exchanged.code === 'request.not-signed-in') await renewToken(scene, consented);
    return exchanged;
  }

  /** Takes the room that is left, but for a little. */
  function fill(): void {
    const { bavail, bsize } = statfsSync(directory);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - LEFT_BYTES)));
  }

  function recovered(): Promise<number> {
    return until('an exchange goes through', async () => (await ask()).status === 200, 60_000);
  }

  // Each switch ends a segment of 16 MiB; the next has to be made once those at hand are used up.
  async function hasRoomForLog(): Promise<boolean> {
    try {
      await scene.db`select pg_logical_emit_message(false, 'praya', 'full'), pg_switch_wal()`;
      return true;
    } catch {
      return false;
    }
  }

  test('acknowledges nothing that it cannot keep, and answers with errors meanwhile', async () => {
    for (let count = 0; count < 20; count++) expect((await ask()).status).toBe(200);
    fill();
    const failures: Exchanged[] = [];
    for (let count = 0; count < 400 && failures.length < 10; count++) {
      const exchanged = await ask();
      if (exchanged.status !== 200) {
        failures.push(exchanged);
        await sleep(100);
      }
    }
    expect(failures).toHaveLength(10);
    for (const { receipt } of failures) expect(receipt).toBeNull();
  });

  test('serves again by itself when there is room', async () => {
    rmSync(ballast);
    expect(await recovered()).toBeLessThan(RECOVERY_MS);
  });

  test('serves again by itself also where PostgreSQL found no room for its write-ahead log', async () => {
    fill();
    await until(
      'PostgreSQL has no room for its write-ahead log',
      async () => !(await hasRoomForLog()),
      60_000,
    );
    expect((await ask()).status).not.toBe(200);
    rmSync(ballast);
    expect(await recovered()).toBeLessThan(RECOVERY_MS);
  });

  test('has lost nothing that was acknowledged', async () => {
    const monitor = await monitorOf(scene);
    const newest = await monitor.newest();
    for (const { receipt, code } of acknowledged) {
      if (receipt === null) throw new Error(`Acknowledged without a receipt: ${code}`);
      const place = { index: receipt.log.index, commitment: await commitmentOf(receipt) };
      expect(await monitor.includes(newest, place)).toBe(true);
      expect(await monitor.extends(await monitor.seenIn(receipt), newest)).toBe(true);
    }
    const ids = acknowledged.flatMap(({ receipt }) => (receipt === null ? [] : [receipt.act.id]));
    const [row] = await scene.db<{ done: number }[]>`
      select count(*)::int as done from exchange.acts where id = any(${ids}) and outcome = 'done'`;
    expect(row?.done).toBe(acknowledged.length);
    expect(await recount(scene)).toMatchObject({ sound: true });
  });
});
