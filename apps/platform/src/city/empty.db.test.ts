import { openDatabase } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { MIGRATIONS, migratePlatform } from '../migrations.ts';
import { emptyPlatform, isDemonstration, markDemonstration } from './empty.ts';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase([...MIGRATIONS]);
});
afterEach(() => database[Symbol.asyncDispose]());

async function schemas(): Promise<string[]> {
  const db = openDatabase(database.adminUrl, { max: 1, name: 'test' });
  const rows = await db<{ name: string }[]>`
    select nspname as name from pg_namespace where nspname in ('consent', 'kernel', 'ledger', 'platform')
    order by nspname`;
  await db.end();
  return rows.map(({ name }) => name);
}

describe('emptying a database', () => {
  test('is refused where it holds a city that is not a demonstration, and changes nothing', async () => {
    await expect(emptyPlatform(database.adminUrl)).rejects.toThrow('not a demonstration');
    expect(await schemas()).toEqual(['consent', 'kernel', 'ledger', 'platform']);
  });

  test('is refused where the mark says something else', async () => {
    const db = openDatabase(database.adminUrl, { max: 1, name: 'test' });
    await db.unsafe(`comment on schema kernel is 'praya production'`);
    await db.end();
    await expect(emptyPlatform(database.adminUrl)).rejects.toThrow('not a demonstration');
  });

  test('removes a demonstration, and may be done again where there is nothing', async () => {
    await markDemonstration(database.adminUrl);
    await emptyPlatform(database.adminUrl);
    expect(await schemas()).toEqual([]);
    await emptyPlatform(database.adminUrl);
    expect(await schemas()).toEqual([]);
  });
});

describe('production', () => {
  const config = () =>
    readConfig({
      DATABASE_URL: database.adminUrl,
      PRAYA_ENV: 'production',
      PRAYA_ORIGIN: 'https://city.example',
    });
  const migrate = () => migratePlatform({ config: config(), masterKey: database.masterKey });

  test('does not start on a demonstration city, whose passkeys anybody can make', async () => {
    await markDemonstration(database.adminUrl);
    expect(await isDemonstration(database.adminUrl)).toBe(true);
    await expect(migrate()).rejects.toThrow('demonstration');
  });

  test('starts on a database that is not one', async () => {
    expect(await isDemonstration(database.adminUrl)).toBe(false);
    await expect(migrate()).resolves.toBeUndefined();
  });
});
