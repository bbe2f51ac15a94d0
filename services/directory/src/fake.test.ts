import { fixedClock } from '@praya/kernel/testing';
import { directorySuite } from './contract-suite.ts';
import { createFakeDirectory } from './fake.ts';
import { NOW, organisations, purposes } from './test-city.ts';

directorySuite('the double of the directory', (use) => {
  const now = fixedClock(NOW);
  return use({ directory: createFakeDirectory({ city: { organisations, purposes }, now }), now });
});
