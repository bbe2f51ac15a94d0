import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import postgres from 'postgres';
import { applyMigrations, type MigrationFile, readMigrations } from './migrate/files.ts';
import { databaseName, identifier, prepareRole, roleOf, roomDatabaseUrl } from './migrate/roles.ts';

/** A room's place in the database: its name is also its schema's, unless said otherwise. */
export type RoomMigrations = { name: string; directory: string; schema?: string; keyring?: boolean };

type Options = {
  adminUrl: string;
  masterKey: Uint8Array;
  rooms: RoomMigrations[];
  log?: (message: string) => void;
};

const jobs = {
  name: 'jobs',
  schema: 'graphile_worker',
  directory: fileURLToPath(new URL('./migrate/jobs', import.meta.url)),
};
const advisoryLock = 7237889;

/**
 * Brings a database up to date: for each room its role, its schema and its migration files; and the job queue.
 * The administrator is a superuser, or the database's owner with CREATEROLE. Any number of processes may call it at once.
 *
 * Errors: throws when an applied file was edited, or when a file fails; that file is then rolled back entirely.
 */
export async function migrate({ adminUrl, masterKey, rooms, log }: Options): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await admin`select pg_advisory_lock(${advisoryLock})`;
    await prepareDatabase(admin);
    await installJobs(admin, { adminUrl, masterKey });
    for (const room of rooms) {
      const { name, schema = name } = room;
      await prepareRole(admin, { adminUrl, masterKey, name, schema });
      await openOutbox(admin, name);
      const files = [
        ...(room.keyring === true ? [await keyringMigration()] : []),
        ...(await readMigrations(room.directory)),
      ];
      for (const applied of await applyMigrations(admin, { name, schema }, files))
        log?.(`Applied ${applied}`);
    }
  } finally {
    await admin.end();
  }
}

/** Creates the database if it is not there, closed to every role, and answers the administrator's address of it. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const admin = postgres(adminUrl, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const [existing] = await admin`select 1 from pg_database where datname = ${identifier(name)}`;
    if (existing === undefined) {
      await admin.unsafe(`create database ${name} template template0 encoding 'UTF8'`).catch(unlessItExists);
      await admin.unsafe(`revoke all on database ${name} from public`);
    }
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export { roomDatabaseUrl };

async function prepareDatabase(admin: postgres.Sql): Promise<void> {
  await admin.unsafe(`
    revoke all on database ${await databaseName(admin)} from public;
    revoke all on schema public from public;
    create schema if not exists kernel;
    revoke all on schema kernel from public;
    create table if not exists kernel.migrations (
      room text not null,
      name text not null,
      sha256 text not null,
      applied_at timestamptz not null default now(),
      primary key (room, name)
    );
  `);
}

async function installJobs(
  admin: postgres.Sql,
  options: { adminUrl: string; masterKey: Uint8Array },
): Promise<void> {
  const role = roleOf(jobs.name);
  await prepareRole(admin, { ...options, ...jobs });
  await admin.unsafe(`grant create on schema kernel to ${role}`);
  // The queue's own migration says `create schema if not exists`, which wants this right even when it exists.
  const name = await databaseName(admin);
  await admin.unsafe(`grant create on database ${name} to ${role}`);
  await runMigrations({
    connectionString: roomDatabaseUrl(options.adminUrl, options.masterKey, jobs.name),
    logger: new Logger(() => () => {}),
  });
  await admin.unsafe(`revoke create on database ${name} from ${role}`);
  await applyMigrations(admin, jobs, await readMigrations(jobs.directory));
}

async function openOutbox(admin: postgres.Sql, room: string): Promise<void> {
  await admin.begin(async (tx) => {
    await tx.unsafe(`set local role ${roleOf(jobs.name)}`);
    await tx.unsafe(`grant execute on function kernel.emit, kernel.enqueue to ${roleOf(room)}`);
  });
}

async function keyringMigration(): Promise<MigrationFile> {
  const text = await readFile(new URL('./keyring.sql', import.meta.url), 'utf8');
  return { name: 'keyring.sql', text };
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof postgres.PostgresError) || !['42P04', '23505'].includes(error.code)) throw error;
}
