import { describe } from 'vitest';
import { exchangeSuite } from './contract-suite.ts';
import { createFakeExchange } from './fake.ts';
import { ISSUER } from './test-world.ts';

describe('the double', () => {
  exchangeSuite(async (world) => {
    const { directory, consents, ledger, clock, fetch } = world;
    return createFakeExchange({ directory, consents, ledger, now: clock, issuer: ISSUER, fetch });
  });
});
