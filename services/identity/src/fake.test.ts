import { describe } from 'vitest';
import { identityFacts } from './contract-suite.ts';
import { createFakeIdentity } from './fake.ts';

describe('the double of the identity room', () => {
  const identity = createFakeIdentity();
  identityFacts(() => ({
    identity,
    person: async () => ({ personId: identity.admit(), respond: async () => 'right' }),
  }));
});
