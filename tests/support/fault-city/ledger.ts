import { join } from 'node:path';
import { openDatabase } from '@praya/kernel/database';
import { loadMasterKey } from '@praya/kernel/master-key';
import { roomDatabaseUrl } from '@praya/kernel/migrate';
import type { Integrity } from '@praya/ledger/contract';
import { createLedger } from '@praya/ledger/service';
import type { Scene } from './scene.ts';

/** The ledger's own recount of a running city's log, under the role of the ledger. */
export async function recount({ city }: Pick<Scene, 'city'>): Promise<Integrity> {
  const masterKey = loadMasterKey({ file: join(city.dataDirectory, 'secrets', 'master.key') });
  const db = openDatabase(roomDatabaseUrl(city.databaseUrl(), masterKey, 'ledger'), { max: 1 });
  const never = () => Promise.reject(new Error('Nothing is signed here'));
  const ledger = createLedger({ db, signer: { signingKey: never }, origin: 'none' });
  try {
    return await ledger.checkIntegrity();
  } finally {
    await db.end();
  }
}
