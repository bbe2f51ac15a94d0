import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Database, transaction } from '@praya/kernel/database';
import { type MigrationFile, readMigrations } from '@praya/kernel/migrate/files';

const DIRECTORY = fileURLToPath(new URL('./migrations', import.meta.url));
const LOCK = 7237890;

/**
 * Brings the schema `praya_connector` up to date, under the connector's own role.
 * The role owns the schema, or may create it in this database.
 *
 * Errors  throws where a file that was applied has been edited
 */
export async function migrateConnector(db: Database): Promise<void> {
  const files = await readMigrations(DIRECTORY);
  await transaction(db, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const [schema] = await tx`select 1 from pg_namespace where nspname = 'praya_connector'`;
    if (schema === undefined) await tx.unsafe('create schema praya_connector');
    await tx.unsafe('set local search_path = praya_connector');
    await tx.unsafe('create table if not exists migrations (name text primary key, sha256 text not null)');
    const applied = await tx<{ name: string; sha256: string }[]>`select name, sha256 from migrations`;
    const digests = new Map(applied.map(({ name, sha256 }) => [name, sha256]));
    for (const file of files) await applyOnce(tx, file, digests.get(file.name));
  });
}

async function applyOnce(tx: Database, file: MigrationFile, before: string | undefined): Promise<void> {
  const sha256 = createHash('sha256').update(file.text).digest('hex');
  if (before === sha256) return;
  if (before !== undefined) throw new Error(`Migration ${file.name} was edited after it was applied`);
  await tx.unsafe(file.text);
  await tx`insert into migrations (name, sha256) values (${file.name}, ${sha256})`;
}
