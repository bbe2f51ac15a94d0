import { randomBytes } from 'node:crypto';
import type { Register, RegisterTable } from '@praya/city/registers';
import { openDatabase } from '@praya/kernel/database';
import { ensureDatabase } from '@praya/kernel/migrate';

const ROWS_AT_ONCE = 500;

/** A department's own database and the address at which its connector reaches it. */
export type RegisterDatabase = { readonly name: string; readonly connectorUrl: string };

/** Makes a register anew: its database, its rows, and a role for its connector that reads them and nothing else. */
export async function loadRegister(
  adminUrl: string,
  about: { readonly name: 'persons' | 'rates' | 'companies'; readonly register: Register },
): Promise<RegisterDatabase> {
  const name = `register_${about.name}`;
  await dropDatabase(adminUrl, name);
  const url = await ensureDatabase(adminUrl, name);
  const db = openDatabase(url, { max: 1, name: 'praya city' });
  try {
    await db.unsafe(about.register.ddl);
    for (const table of about.register.tables) await loadTable(db, table);
    return { name, connectorUrl: await grantConnector(db, { url, schema: about.name, database: name }) };
  } finally {
    await db.end();
  }
}

async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  const db = openDatabase(adminUrl, { max: 1, name: 'praya city' });
  await db.unsafe(`drop database if exists ${name} with (force)`);
  await db.end();
}

async function loadTable(db: ReturnType<typeof openDatabase>, table: RegisterTable): Promise<void> {
  const { name, columns, rows } = table;
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const slice = rows.slice(from, from + ROWS_AT_ONCE);
    const objects = slice.map((row) =>
      Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])),
    );
    await db`insert into ${db(name)} ${db(objects, ...columns)}`;
  }
}

async function grantConnector(
  db: ReturnType<typeof openDatabase>,
  about: { url: string; schema: string; database: string },
): Promise<string> {
  const role = `connector_${about.schema}`;
  const password = randomBytes(24).toString('base64url');
  await db.unsafe(`
    do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role} login; end if;
    end $$;
    alter role ${role} password '${password}';
    grant connect, create on database ${about.database} to ${role};
    grant usage on schema ${about.schema} to ${role};
    grant select on all tables in schema ${about.schema} to ${role};`);
  const address = new URL(about.url);
  address.username = role;
  address.password = password;
  return address.href;
}
