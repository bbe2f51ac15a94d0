import { describe } from 'vitest';
import { consentSuite } from './contract-suite.ts';
import { createFakeConsents } from './fake.ts';
import { ISSUER } from './test-world.ts';

describe('the double', () => {
  consentSuite(async (world) => {
    const { directory, surroundings, clock } = world;
    const consents = createFakeConsents({ directory, surroundings, now: clock, issuer: ISSUER });
    return { consents, events: async () => consents.outbox.events.map(({ name }) => name) };
  });
});
