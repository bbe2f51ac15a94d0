import { generateKeyPairSync } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Keyring, PublishedKey, SigningKey } from '../keyring.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A keyring in memory with one ES256 key, for tests and doubles; the key is made on first use. */
export function fakeKeyring(about: { now: Clock; kid?: string }): Pick<Keyring, 'signingKey' | 'published'> {
  let made: { signing: SigningKey; published: PublishedKey } | undefined;
  const key = () => {
    made ??= makeKey(about.kid ?? 'fake-key', about.now());
    return made;
  };
  return {
    signingKey: async () => key().signing,
    published: async () => [key().published],
  };
}

function makeKey(kid: string, validFrom: Date): { signing: SigningKey; published: PublishedKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' } as const;
  const validUntil = new Date(validFrom.getTime() + YEAR_MS);
  return {
    signing: { kid, algorithm: 'ES256', privateKey, jwk },
    published: { kid, state: 'current', jwk, validFrom, validUntil, revokedAt: null },
  };
}
