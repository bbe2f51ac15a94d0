import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OrganisationKey } from '@praya/directory/contract';
import { type PublicEcKey, thumbprint } from '@praya/kernel/jwk';

/** A private key on P-256, named by its thumbprint. */
export type PrivateEcKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
  readonly kid: string;
};

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A new key pair. */
export function newPrivateKey(): PrivateEcKey {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  return { kty: 'EC', crv: 'P-256', x, y, d, kid: thumbprint({ crv: 'P-256', x, y }) };
}

/** A new symmetric key of 256 bits. */
export function newSecretKey(kid: string): { kty: 'oct'; k: string; kid: string } {
  return { kty: 'oct', k: randomBytes(32).toString('base64url'), kid };
}

/** The public half as the directory registers it: for two years from now. */
export function registered(
  key: { readonly x: string; readonly y: string; readonly kid: string },
  about: { readonly use: 'sig' | 'enc'; readonly now: Date },
): Omit<OrganisationKey, 'revokedAt'> {
  const jwk: PublicEcKey = { kty: 'EC', crv: 'P-256', x: key.x, y: key.y, kid: key.kid };
  return {
    kid: key.kid,
    use: about.use,
    jwk,
    validFrom: about.now.toISOString(),
    validUntil: new Date(about.now.getTime() + 2 * YEAR_MS).toISOString(),
  };
}

/** Writes a file that only we may read, whole or not at all. */
export function writePrivateJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
