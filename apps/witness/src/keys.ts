import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
} from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@praya/kernel/config';
import { type CosignerKey, cosignerKeyOf } from '@praya/tlog/cosignature';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

/** What a witness can sign with, as its configuration names it. */
export const ALGORITHMS = ['ed25519', 'ml-dsa-44'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A key of the witness: what others know of it, and how it signs. */
export type WitnessKey = {
  readonly algorithm: Algorithm;
  readonly cosigner: CosignerKey;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

const KEYS_FILE = 'keys.json';
const TLOG_NAME = { ed25519: 'Ed25519', 'ml-dsa-44': 'ML-DSA-44' } as const;

const KeysFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    keys: Type.Array(
      Type.Union([
        Type.Object({
          kty: Type.Literal('OKP'),
          crv: Type.Literal('Ed25519'),
          x: Type.String(),
          d: Type.String(),
        }),
        Type.Object({
          kty: Type.Literal('AKP'),
          alg: Type.Literal('ML-DSA-44'),
          pub: Type.String(),
          priv: Type.String(),
        }),
      ]),
      { minItems: 1, maxItems: 2 },
    ),
  },
  { additionalProperties: false },
);

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/**
 * Makes a key for each algorithm and writes them for their owner alone.
 *
 * Errors  throws where there is a keys file already, which may be the only copy, and on a name that no key can have
 */
export function makeKeys(
  directory: string,
  name: string,
  algorithms: readonly Algorithm[],
): readonly WitnessKey[] {
  const made = algorithms.map(newPrivateKey);
  const keys = made.map((key) => witnessKeyOf(name, key));
  const file = join(directory, KEYS_FILE);
  if (existsSync(file)) throw new ConfigError(`${file} is there already. Nothing was written.`);
  const text = `${JSON.stringify({ name, keys: made.map((key) => key.export({ format: 'jwk' })) }, null, 2)}\n`;
  writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
  return keys;
}

/**
 * The keys in a witness' directory.
 *
 * Errors  ConfigError: no file, readable by others, another name, a key that cannot be one
 */
export function readKeys(directory: string, name: string): readonly WitnessKey[] {
  const file = join(directory, KEYS_FILE);
  if (!existsSync(file)) throw new ConfigError(`There are no keys at ${file}. Make them: praya witness new`);
  if ((statSync(file).mode & 0o077) !== 0)
    throw new ConfigError(`${file} can be read by others. Its mode must be 0600: chmod 600 ${file}`);
  const content = parseKeys(file);
  if (content.name !== name)
    throw new ConfigError(`The keys in ${file} are those of ${content.name}, not of ${name}`);
  return content.keys.map((jwk) => witnessKeyOf(name, privateKeyOf(jwk, file)));
}

function parseKeys(file: string): Static<typeof KeysFile> {
  let candidate: unknown;
  try {
    candidate = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} is not JSON. Put the copy of the keys back.`, { cause: error });
  }
  if (Value.Check(KeysFile, candidate)) return candidate;
  throw new ConfigError(`${file} is not a keys file. Put the copy of the keys back.`);
}

function privateKeyOf(jwk: Static<typeof KeysFile>['keys'][number], file: string): KeyObject {
  try {
    const key = createPrivateKey({ format: 'jwk', key: jwk });
    // A flipped bit in either half would sign what nobody can check.
    if (publicBytes(key) === ('x' in jwk ? jwk.x : jwk.pub)) return key;
  } catch (error) {
    throw new ConfigError(`A key in ${file} is damaged. Put the copy of the keys back.`, { cause: error });
  }
  throw new ConfigError(`The halves of a key in ${file} do not belong together.`);
}

function witnessKeyOf(name: string, privateKey: KeyObject): WitnessKey {
  const algorithm = privateKey.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'ml-dsa-44';
  const publicKey = new Uint8Array(Buffer.from(publicBytes(privateKey), 'base64url'));
  return {
    algorithm,
    cosigner: cosignerKeyOf(sha256, { name, algorithm: TLOG_NAME[algorithm], publicKey }),
    sign: (message) => sign(null, message, privateKey),
  };
}

function newPrivateKey(algorithm: Algorithm): KeyObject {
  return algorithm === 'ed25519'
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ml-dsa-44').privateKey;
}

function publicBytes(privateKey: KeyObject): string {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as { x?: string; pub?: string };
  return jwk.x ?? jwk.pub ?? '';
}
