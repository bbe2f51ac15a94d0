import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';

/** The connection string of a room's own role, whose password follows from the master key. */
export function roomDatabaseUrl(adminUrl: string, masterKey: Uint8Array, room: string): string {
  const url = new URL(adminUrl);
  const role = roleOf(room);
  url.username = role;
  url.password = passwordOf(masterKey, role);
  return url.href;
}

/** The role a room's code runs under. */
export function roleOf(room: string): string {
  return `praya_${identifier(room)}`;
}

/** A name that goes into SQL as it is. */
export function identifier(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new Error(`"${name}" cannot name a room, role or schema`);
  return name;
}

/**
 * Sees to it that the room's role exists, can log in to this database with the derived password, owns its schema
 * and finds nothing else. Roles are shared by the whole cluster, so other databases may be doing the same right now.
 */
export async function prepareRole(
  admin: postgres.Sql,
  room: { adminUrl: string; masterKey: Uint8Array; name: string; schema: string },
): Promise<void> {
  const role = roleOf(room.name);
  const schema = identifier(room.schema);
  const password = passwordOf(room.masterKey, role);
  const database = await databaseName(admin);
  const run = (statement: string) => patiently(() => admin.unsafe(statement));
  const [existing] = await admin`select 1 from pg_roles where rolname = ${role}`;
  if (existing === undefined) await createRole(run, role, password);
  await becomeMember(admin, role);
  await run(`grant connect on database ${database} to ${role}`);
  await run(`create schema if not exists ${schema} authorization ${role}`);
  await run(`revoke all on schema ${schema} from public`);
  await run(`grant usage on schema kernel to ${role}`);
  await run(`alter role ${role} in database ${database} set search_path = ${schema}`);
  if (!(await canLogIn(roomDatabaseUrl(room.adminUrl, room.masterKey, room.name)))) {
    await run(`alter role ${role} login password '${password}'`);
  }
}

/** The connected database, quoted for SQL. */
export async function databaseName(admin: postgres.Sql): Promise<string> {
  const [row] = await admin<{ name: string }[]>`select quote_ident(current_database()) as name`;
  if (row === undefined) throw new Error('The database does not say its name');
  return row.name;
}

function passwordOf(masterKey: Uint8Array, role: string): string {
  return createHmac('sha256', masterKey).update(`database-role:${role}`).digest('base64url');
}

async function createRole(run: (statement: string) => Promise<unknown>, role: string, password: string) {
  try {
    await run(`create role ${role} login password '${password}'`);
  } catch (error) {
    if (!hasCode(error, '42710', '23505')) throw error;
  }
}

// A superuser may act as any role; an administrator who only creates roles has to be a member.
async function becomeMember(admin: postgres.Sql, role: string): Promise<void> {
  const [me] = await admin`select rolsuper from pg_roles where rolname = current_user`;
  if (me?.rolsuper === true) return;
  await patiently(() => admin.unsafe(`grant ${role} to current_user`));
}

async function canLogIn(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    if (hasCode(error, '28P01', '28000')) return false;
    throw error;
  } finally {
    await sql.end();
  }
}

// The catalogue answers "tuple concurrently updated" (XX000) when another process changes the same role.
async function patiently<T>(run: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === 20 || !hasCode(error, 'XX000', '40P01')) throw error;
      await sleep(10 + Math.random() * 40 * attempt);
    }
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof postgres.PostgresError && codes.includes(error.code);
}
