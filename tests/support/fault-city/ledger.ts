import { join } from 'node:path';
import { systemClock } from '@praya/kernel/clock';
import { openDatabase } from '@praya/kernel/database';
import { createKeyring } from '@praya/kernel/keyring';
import { createLog } from '@praya/kernel/log';
import { loadMasterKey } from '@praya/kernel/master-key';
import { roomDatabaseUrl } from '@praya/kernel/migrate';
import { EVIDENCE, type Integrity } from '@praya/ledger/contract';
import { createLedger, logKeyLifetimes } from '@praya/ledger/service';
import type { Scene } from './scene.ts';

/** The ledger's own recount of a running city's log, under the role of the ledger. */
export async function recount({ city }: Pick<Scene, 'city'>): Promise<Integrity> {
  const masterKey = loadMasterKey({ file: join(city.dataDirectory, 'secrets', 'master.key') });
  const db = openDatabase(roomDatabaseUrl(city.databaseUrl(), masterKey, 'ledger'), { max: 4 });
  const signerOf = (origin: string) =>
    createKeyring({
      db,
      masterKey,
      room: 'ledger',
      purpose: `log:${origin}`,
      algorithm: 'EdDSA',
      now: systemClock,
      lifetimes: logKeyLifetimes,
    });
  const host = new URL(city.origin).host;
  const ledger = createLedger({
    db,
    now: systemClock,
    host,
    signerOf,
    log: createLog({ service: 'recount', level: 'silent' }),
  });
  try {
    const [evidence] = (await ledger.logs()).filter(({ tenant }) => tenant === EVIDENCE);
    return await ledger.checkIntegrity(evidence?.origin ?? '');
  } finally {
    await db.end();
  }
}
