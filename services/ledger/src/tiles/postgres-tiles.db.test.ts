import { freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { createPostgresTiles } from './postgres-tiles.ts';
import { tileStoreSuite } from './tile-store-suite.ts';

tileStoreSuite('tiles in PostgreSQL', async (use) => {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const db = database.open('ledger');
  await use({
    store: createPostgresTiles(db),
    other: createPostgresTiles(database.open('ledger')),
    truncate: async (origin, { level, index }, bytes) => {
      await db`update tile_files set bytes = substr(bytes, 1, ${bytes})
        where origin = ${origin} and level = ${level === 'entries' ? -1 : level} and index = ${index}`;
    },
  });
});
