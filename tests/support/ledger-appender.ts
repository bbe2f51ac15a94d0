import { createHash } from 'node:crypto';
import { openDatabase } from '../../kernel/src/database.ts';
import { createKeyring } from '../../kernel/src/keyring.ts';
import { testMasterKey } from '../../kernel/src/testing.ts';
import { createLedger, logKeyLifetimes } from '../../services/ledger/src/service.ts';

// Appends commitments `<name> 0`, `<name> 1`, … from a process of its own, and says of each when it was acknowledged.
const [url = '', name = '', count = '0'] = process.argv.slice(2);
const db = openDatabase(url, { max: 4 });
const signer = createKeyring({
  db,
  masterKey: testMasterKey,
  room: 'ledger',
  purpose: 'log',
  algorithm: 'EdDSA',
  now: () => new Date(),
  lifetimes: logKeyLifetimes,
});
const ledger = createLedger({ db, signer, origin: 'log.test/log', limits: { batchSize: 8 } });

await Promise.all(
  Array.from({ length: Number(count) }, async (_, n) => {
    const commitment = createHash('sha256').update(`${name} ${n}`).digest();
    const proof = await ledger.append(commitment);
    if (!proof.ok) throw new Error(proof.refusal.code);
    process.stdout.write(
      `${JSON.stringify({ commitment: commitment.toString('hex'), proof: proof.value })}\n`,
    );
  }),
);
await db.end();
