import { generateKeyPairSync } from 'node:crypto';
import { createLog } from '@praya/kernel/log';
import { freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { describe } from 'vitest';
import { ledgerSuite } from './contract-suite.ts';
import { createLedger, type LedgerRoom } from './service.ts';

const silent = createLog({ service: 'ledger', level: 'silent' });

async function withLedger(use: (ledger: LedgerRoom) => Promise<void>): Promise<void> {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const keys = new Map<string, ReturnType<typeof newSigner>>();
  const signerOf = (origin: string) => {
    const signer = keys.get(origin) ?? newSigner();
    keys.set(origin, signer);
    return signer;
  };
  const db = database.open('ledger');
  const now = () => new Date('2026-11-22T04:00:00Z');
  const ledger = createLedger({ db, now, host: 'log.test', signerOf, log: silent });
  try {
    await use(ledger);
  } finally {
    await ledger.stop();
  }
}

function newSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { signingKey: async () => ({ privateKey, jwk: { x } }) };
}

describe('on a database', () => {
  ledgerSuite('the ledger', withLedger);
});
