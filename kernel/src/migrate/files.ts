import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { identifier, roleOf } from './roles.ts';

export type MigrationFile = { name: string; text: string };

/** The migration files of a directory, in their order. */
export async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const wrong = names.find((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  if (wrong !== undefined)
    throw new Error(`Migration "${wrong}" in ${directory} is not named NNNN-what-it-does.sql`);
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })),
  );
}

/** Applies what has not been applied yet, each file in one transaction, as the room's role. */
export async function applyMigrations(
  admin: postgres.Sql,
  room: { name: string; schema: string },
  files: MigrationFile[],
): Promise<string[]> {
  const rows = await admin<{ name: string; sha256: string }[]>`
    select name, sha256 from kernel.migrations where room = ${room.name}`;
  const recorded = new Map(rows.map((row) => [row.name, row.sha256]));
  const applied: string[] = [];
  for (const file of files) {
    const sha256 = createHash('sha256').update(file.text).digest('hex');
    const before = recorded.get(file.name);
    if (before === sha256) continue;
    if (before !== undefined) {
      throw new Error(`Migration ${room.name}/${file.name} was edited after it was applied; write a new one`);
    }
    await applyOne(admin, room, { ...file, sha256 });
    applied.push(`${room.name}/${file.name}`);
  }
  return applied;
}

async function applyOne(
  admin: postgres.Sql,
  room: { name: string; schema: string },
  file: MigrationFile & { sha256: string },
): Promise<void> {
  try {
    await admin.begin(async (tx) => {
      await tx.unsafe(
        `set local role ${roleOf(room.name)}; set local search_path = ${identifier(room.schema)}`,
      );
      await tx.unsafe(file.text);
      await tx.unsafe('set local role none');
      await tx`insert into kernel.migrations (room, name, sha256) values (${room.name}, ${file.name}, ${file.sha256})`;
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Migration ${room.name}/${file.name} failed: ${reason}`, { cause });
  }
}
