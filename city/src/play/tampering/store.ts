import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { openSealedKey, sealingKey } from '@praya/kernel/keyring/sealed-key';
import { loadMasterKey } from '@praya/kernel/master-key';

/** Whoever has the machine: the log's database and its keys. For a city of which nothing is to be left. */
export type Insider = AsyncDisposable & {
  /** The private key of a log. */
  keyOf(origin: string): Promise<KeyObject>;
  /** Flips a bit of an entry or of a tile's hash, where the database keeps it; again, and it is as it was. */
  flip(origin: string, what: 'entry' | 'tile'): Promise<void>;
};

const ENTRY_BUNDLES = -1;
const LEAF_TILES = 0;
/** Behind the two bytes of the first entry's length. */
const FIRST_ENTRY_BYTE = 2;

/** Opens the database of a city that runs on this machine. */
export function openInsider(city: { readonly databaseUrl: string; readonly dataDirectory: string }): Insider {
  const db = openDatabase(city.databaseUrl, { max: 1, name: 'praya insider' });
  const masterKey = loadMasterKey({ file: join(city.dataDirectory, 'secrets', 'master.key') });
  return {
    keyOf: (origin) => privateKeyOf(db, masterKey, origin),
    flip: async (origin, what) => {
      const [level, byte] = what === 'entry' ? [ENTRY_BUNDLES, FIRST_ENTRY_BYTE] : [LEAF_TILES, 0];
      const changed = await db`
        update ledger.tile_files set bytes = set_byte(bytes, ${byte}, get_byte(bytes, ${byte}) # 1)
        where origin = ${origin} and level = ${level} and index = 0`;
      if (changed.count !== 1) throw new Error(`There is no ${what} of ${origin} in the database`);
    },
    [Symbol.asyncDispose]: () => db.end({ timeout: 1 }),
  };
}

async function privateKeyOf(db: DatabasePool, masterKey: Uint8Array, origin: string): Promise<KeyObject> {
  const purpose = `log:${origin}`;
  const [row] = await db<{ kid: string; sealed: Buffer }[]>`
    select kid, sealed_private as sealed from ledger.signing_keys
    where purpose = ${purpose} and state = 'current'`;
  if (row === undefined) throw new Error(`There is no key of ${origin} in the database`);
  return openSealedKey(row.sealed, row.kid, sealingKey(masterKey, 'ledger', purpose));
}
