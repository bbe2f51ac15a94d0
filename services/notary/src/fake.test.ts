import { describe } from 'vitest';
import { notarySuite } from './contract-suite.ts';
import { createFakeNotary } from './fake.ts';
import { ORIGIN } from './test-world.ts';

describe('the double', () => {
  notarySuite(async ({ directory, ledger, clock, signer }) =>
    createFakeNotary({ directory, ledger, signer, now: clock, origin: ORIGIN }),
  );
});
