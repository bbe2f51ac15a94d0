import { randomBytes } from 'node:crypto';
import { openDatabase } from '@praya/kernel/database';
import { ensureDatabase } from '@praya/kernel/migrate';
import { afterAll, expect, test } from 'vitest';
import { createEntries, drive } from './appender.ts';
import { auditChain, batchedChain, chainCallByCall } from './chain.ts';
import { growthCurve } from './curve.ts';
import { openOurs } from './ours.ts';
import { openOverHttp } from './over-http.ts';
import { measureReading } from './reading.ts';
import type { BenchStore } from './store.ts';

const cluster = process.env['PRAYA_TEST_DATABASE_URL'] ?? '';
const made: string[] = [];
const store: BenchStore = {
  directory: '',
  database: (name) => {
    const known = made.find((one) => one.startsWith(`bench_${name}_`));
    const database = known ?? `bench_${name}_${randomBytes(6).toString('hex')}`;
    if (known === undefined) made.push(database);
    return ensureDatabase(cluster, database);
  },
  [Symbol.asyncDispose]: async () => undefined,
};
afterAll(async () => {
  const db = openDatabase(cluster, { max: 1 });
  for (const name of made) await db.unsafe(`drop database ${name} with (force)`);
  await db.end();
});

test('ours is filled, measured while it grows, and read from outside', async () => {
  {
    await using log = await openOurs(store, 'growth');
    const curve = await growthCurve(log, { sizes: [1000], say: () => undefined });
    expect(curve.map(({ size }) => size)).toEqual([1000]);
    expect(await log.settled()).toBe(91_000);
    await log.published();
  }
  await using http = await openOverHttp(store, 'growth');
  const reading = await measureReading(http.prefix, 0.5);
  expect(reading.size).toBe(91_000);
  expect(reading.keptBytesPerProof).toBeLessThanOrEqual(8192);
  expect(reading.coldBytesPerProof).toBeGreaterThan(8192);
}, 120_000);

test('entries go over HTTP as bundles', async () => {
  await using http = await openOverHttp(store, 'race-http');
  const measured = await drive(http, { calls: 2, perCall: 64, count: 6 });
  expect(measured.count).toBe(384);
}, 60_000);

test('both chains hold what was appended, row by row', async () => {
  const url = await store.database('chain');
  {
    await using chain = await batchedChain(url);
    await drive(chain, { calls: 50, perCall: 1, count: 300 });
    await chain.append(createEntries().take(64));
  }
  expect(await auditChain(url)).toMatchObject({ rows: 364 });
  {
    await using chain = await chainCallByCall(url);
    await drive(chain, { calls: 20, perCall: 1, count: 100 });
  }
  expect(await auditChain(url)).toMatchObject({ rows: 100 });
});
