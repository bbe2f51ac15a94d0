import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { migrate, type RoomMigrations, roomDatabaseUrl } from './migrate.ts';
import { type FreshDatabase, freshDatabase, testMasterKey } from './testing.ts';

let home: string;
let left: RoomMigrations;
let right: RoomMigrations;
let database: FreshDatabase;

async function room(name: string, files: Record<string, string>): Promise<RoomMigrations> {
  const directory = await mkdtemp(join(home, `${name}-`));
  for (const [file, text] of Object.entries(files)) await writeFile(join(directory, file), text);
  return { name, directory };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'praya-migrate-'));
  left = await room('test_left', {
    '0001-letters.sql': 'create table letters (id int primary key, words text)',
  });
  right = await room('test_right', { '0001-secrets.sql': 'create table secrets (id int primary key)' });
  database = await freshDatabase([left, right]);
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

describe('a room in the database', () => {
  test('writes and reads its own tables without naming its schema', async () => {
    const db = database.open('test_left');
    await db`insert into letters values (1, 'dear')`;
    expect(await db`select words from letters`).toEqual([{ words: 'dear' }]);
  });

  test.each([
    'select * from test_right.secrets',
    'insert into test_right.secrets values (1)',
    'create table test_right.mine (id int)',
    'create table public.mine (id int)',
    'create schema mine',
    'create temporary table mine (id int)',
    'select * from kernel.migrations',
    'create table kernel.mine (id int)',
    'select * from graphile_worker.jobs',
    'set role praya_test_right',
  ])('may not %s', async (statement) => {
    await expect(database.open('test_left').unsafe(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('may not enter the maintenance database or a neighbour database', async () => {
    await using other = await freshDatabase([]);
    for (const path of ['/postgres', '/template1', new URL(other.adminUrl).pathname]) {
      const url = new URL(database.url('test_left'));
      url.pathname = path;
      await expect(openDatabase(url.href)`select 1`).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('migrating', () => {
  const again = (rooms: RoomMigrations[]) =>
    migrate({ adminUrl: database.adminUrl, masterKey: testMasterKey, rooms });

  test('a second time changes nothing', async () => {
    const log: string[] = [];
    const { adminUrl, masterKey } = database;
    await migrate({ adminUrl, masterKey, rooms: [left, right], log: (message) => log.push(message) });
    expect(log).toEqual([]);
  });

  test('refuses a file that was edited after it was applied', async () => {
    const edited = await room('test_left', { '0001-letters.sql': 'create table letters (id bigint)' });
    await expect(again([edited])).rejects.toThrow(
      'test_left/0001-letters.sql was edited after it was applied',
    );
  });

  test('keeps nothing of a file that fails', async () => {
    const broken = await room('test_broken', {
      '0001-two.sql': 'create table one (id int); select no_such_thing',
    });
    await expect(again([broken])).rejects.toThrow('test_broken/0001-two.sql failed');
    const [found] = await database.open('test_broken')`select to_regclass('test_broken.one') as one`;
    expect(found).toEqual({ one: null });
  });

  test('applies each file once when several processes begin together', async () => {
    await using fresh = await freshDatabase([]);
    const slow = await room('test_slow', {
      '0001-slow.sql': 'create table t (id int); select pg_sleep(0.3)',
    });
    const once = () => migrate({ adminUrl: fresh.adminUrl, masterKey: testMasterKey, rooms: [slow, left] });
    await Promise.all([once(), once(), once()]);
    const admin = postgres(fresh.adminUrl, { max: 1 });
    expect(
      await admin`select room from kernel.migrations where room like 'test%' order by room`,
    ).toHaveLength(2);
    await admin.end();
  });

  test('works side by side in many databases of one cluster', async () => {
    const rooms = [await room('test_shared', { '0001-t.sql': 'create table t (id int)' })];
    const many = await Promise.all(Array.from({ length: 5 }, () => freshDatabase(rooms)));
    for (const one of many) expect(await one.open('test_shared')`select * from t`).toEqual([]);
    await Promise.all(many.map((one) => one[Symbol.asyncDispose]()));
  });

  test('gives the role a new password when the master key is another one', async () => {
    const rooms = [await room('test_rekeyed', { '0001-t.sql': 'create table t (id int)' })];
    await again(rooms);
    const masterKey = new Uint8Array(32).fill(9);
    await migrate({ adminUrl: database.adminUrl, masterKey, rooms });
    const db = openDatabase(roomDatabaseUrl(database.adminUrl, masterKey, 'test_rekeyed'), { max: 1 });
    expect(await db`select 1 as one`).toEqual([{ one: 1 }]);
    await db.end();
    await expect(database.open('test_rekeyed')`select 1`).rejects.toMatchObject({ code: '28P01' });
  });

  test('works for an administrator who is no superuser', async () => {
    const cluster = postgres(database.adminUrl, { max: 1, onnotice: () => {} });
    const name = `test_admin_${Date.now()}`;
    await cluster.unsafe(`create role ${name} login createrole createdb password 'admin'`);
    await cluster.unsafe(`create database ${name} owner ${name}`);
    const url = new URL(database.adminUrl);
    Object.assign(url, { username: name, password: 'admin', pathname: `/${name}` });
    const mine = await room(`${name}_room`, { '0001-t.sql': 'create table t (id int)' });
    const [jobs] = await cluster`select 1 from pg_roles where rolname = 'praya_jobs'`;
    if (jobs !== undefined) await cluster.unsafe(`grant praya_jobs to ${name} with admin option`);
    await migrate({ adminUrl: url.href, masterKey: testMasterKey, rooms: [mine] });
    await migrate({ adminUrl: url.href, masterKey: testMasterKey, rooms: [mine] });
    const db = openDatabase(roomDatabaseUrl(url.href, testMasterKey, mine.name), { max: 1 });
    expect(await db`select * from t`).toEqual([]);
    await db.end();
    await cluster.unsafe(`drop database ${name} with (force)`);
    await cluster.unsafe(`drop role praya_${mine.name}`);
    await cluster.unsafe(`drop owned by ${name}`);
    await cluster.unsafe(`drop role ${name}`);
    await cluster.end();
  });
});
