import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { thumbprint } from '@praya/kernel/jwk';

type Use = 'sig' | 'enc' | 'secret';
type NewKey = { readonly private: { readonly kid: string }; readonly public: object };

const KID = /^[A-Za-z0-9._-]{1,100}$/;

export function isUse(value: unknown): value is Use {
  return value === 'sig' || value === 'enc' || value === 'secret';
}

/** A new key and what may be told of it. Without a name it is called by its thumbprint, a secret by chance. */
export function newKeyPair(use: Use, name: string): NewKey {
  if (name !== '' && !KID.test(name))
    throw new Error('--kid takes letters, digits, points, dashes and underlines, 100 at most.');
  if (use === 'secret') {
    const kid = name === '' ? randomBytes(9).toString('base64url') : name;
    return {
      private: { kty: 'oct', k: randomBytes(32).toString('base64url'), kid } as { kid: string },
      public: { kty: 'oct', kid },
    };
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const kid = name === '' ? thumbprint({ crv: 'P-256', x, y }) : name;
  const half = { kty: 'EC', crv: 'P-256', x, y, kid, use };
  const whole = { ...half, d };
  return { private: whole, public: half };
}

/**
 * Writes a private key for its owner alone.
 *
 * Errors  throws where there is a file already: it may be the only copy of another key
 */
export function writeNewKey(file: string, key: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new Error(`${file} is there already. Nothing was written.`, { cause: error });
    throw error;
  }
}
