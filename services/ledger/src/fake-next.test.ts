import { ledgerSuite } from './contract-suite-next.ts';
import { createFakeLedger } from './fake-next.ts';

ledgerSuite('the double of the ledger', async (use) => use(createFakeLedger()));
