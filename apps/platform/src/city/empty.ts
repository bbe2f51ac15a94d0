import { openDatabase } from '@praya/kernel/database';

const MARK = 'praya demonstration';
const SCHEMAS = [
  'directory',
  'identity',
  'consent',
  'exchange',
  'ledger',
  'notary',
  'platform',
  'kernel',
  'graphile_worker',
];

/**
 * Removes a demonstration city from the platform's database.
 *
 * Errors  throws where the database holds a city that is not marked as a demonstration
 */
export async function emptyPlatform(adminUrl: string): Promise<void> {
  const db = openDatabase(adminUrl, { max: 1, name: 'praya city' });
  try {
    const found = await markOf(db);
    if (found !== undefined && found.mark !== MARK)
      throw new Error('This database holds a city that is not a demonstration. Nothing was changed.');
    await db.unsafe(`drop schema if exists ${SCHEMAS.join(', ')} cascade`);
  } finally {
    await db.end();
  }
}

/** Says in the database itself that its city is a demonstration and may be made anew. */
export async function markDemonstration(adminUrl: string): Promise<void> {
  const db = openDatabase(adminUrl, { max: 1, name: 'praya city' });
  await db.unsafe(`comment on schema kernel is '${MARK}'`);
  await db.end();
}

/** Whether the database holds a demonstration city, whose passkeys anybody can make. */
export async function isDemonstration(adminUrl: string): Promise<boolean> {
  const db = openDatabase(adminUrl, { max: 1, name: 'praya city' });
  try {
    return (await markOf(db))?.mark === MARK;
  } finally {
    await db.end();
  }
}

async function markOf(db: ReturnType<typeof openDatabase>): Promise<{ mark: string | null } | undefined> {
  const [found] = await db<{ mark: string | null }[]>`
    select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = 'kernel'`;
  return found;
}
