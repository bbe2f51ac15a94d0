import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import type { Clock } from './clock.ts';
import { type DatabasePool, openDatabase } from './database.ts';
import { ensureDatabase, migrate, type RoomMigrations, roomDatabaseUrl } from './migrate.ts';

export type FreshDatabase = AsyncDisposable & {
  adminUrl: string;
  masterKey: Uint8Array;
  /** The connection string of a room's role. */
  url: (room: string) => string;
  /** A pool under the room's role; it ends with the database. */
  open: (room: string, max?: number) => DatabasePool;
};

/** A clock that stands still until told otherwise. */
export type FixedClock = Clock & { set: (at: string) => void; advance: (ms: number) => void };

/** The master key of every test database: roles are shared by the cluster, so their passwords must agree. */
export const testMasterKey: Uint8Array = new Uint8Array(32).fill(7);

/** The migrations of a room of this repository. */
export function migrationsOf(room: string): RoomMigrations {
  const directory = fileURLToPath(new URL(`../../services/${room}/src/migrations`, import.meta.url));
  return { name: room, directory };
}

/**
 * A new, empty database with the given rooms migrated; `await using` drops it again.
 *
 * Shape: a room by its name (`services/<name>/src/migrations`) or with its own directory.
 */
export async function freshDatabase(rooms: (string | RoomMigrations)[]): Promise<FreshDatabase> {
  const clusterUrl = process.env.PRAYA_TEST_DATABASE_URL;
  if (clusterUrl === undefined) throw new Error('Run this test in the vitest project "database"');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const adminUrl = await ensureDatabase(clusterUrl, name);
  const list = rooms.map((room) => (typeof room === 'string' ? migrationsOf(room) : room));
  await migrate({ adminUrl, masterKey: testMasterKey, rooms: list });
  const pools: DatabasePool[] = [];
  const url = (room: string) => roomDatabaseUrl(adminUrl, testMasterKey, room);
  const open = (room: string, max = 5) => {
    const pool = openDatabase(url(room), { max, name: `test ${room}` });
    pools.push(pool);
    return pool;
  };
  const drop = async () => {
    await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })));
    await dropDatabase(clusterUrl, name);
  };
  return { adminUrl, masterKey: testMasterKey, url, open, [Symbol.asyncDispose]: drop };
}

/** A clock at the instant given. */
export function fixedClock(at: string): FixedClock {
  let now = new Date(at).getTime();
  const set = (instant: string) => {
    now = new Date(instant).getTime();
  };
  const advance = (ms: number) => {
    now += ms;
  };
  return Object.assign(() => new Date(now), { set, advance });
}

async function dropDatabase(clusterUrl: string, name: string): Promise<void> {
  const admin = postgres(clusterUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
}
