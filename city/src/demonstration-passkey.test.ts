import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demonstrationKey, demonstrationPasskey } from './demonstration-passkey.ts';

const site = { rpId: 'localhost', origin: 'http://localhost:8080' };

test('the demonstration passkey of a seed and an index is the same on every machine', async () => {
  const passkey = await demonstrationPasskey({ seed: 'praya', index: 0, ...site });
  expect(passkey.credentialId).toBe('qM0JmKRpGqZotv5Jp4TloAreQYKua74EkuBAOj2Gl6E');
});

test('a derived key is one that WebCrypto accepts, and its halves belong together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.nat(), async (seed, index) => {
      const { d, ...half } = demonstrationKey(seed, index);
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
      const [signing, checking] = await Promise.all([
        crypto.subtle.importKey('jwk', { ...half, d }, algorithm, false, ['sign']),
        crypto.subtle.importKey('jwk', half, algorithm, false, ['verify']),
      ]);
      const data = new TextEncoder().encode(seed);
      const signature = await crypto.subtle.sign(algorithm, signing, data);
      expect(await crypto.subtle.verify(algorithm, checking, signature, data)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('another index or another seed gives another passkey', () => {
  const keys = ['praya', 'other'].flatMap((seed) =>
    [0, 1, 10].map((index) => demonstrationKey(seed, index).d),
  );
  expect(new Set(keys).size).toBe(6);
});
