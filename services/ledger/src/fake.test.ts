import { ledgerSuite } from './contract-suite.ts';
import { createFakeLedger } from './fake.ts';

ledgerSuite('the double of the ledger', async (use) => use(createFakeLedger()));
