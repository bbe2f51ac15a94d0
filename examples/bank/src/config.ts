import { readFileSync } from 'node:fs';
import { ConfigError } from '@praya/kernel/config';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

const text = Type.String({ minLength: 1 });
const coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const origin = Type.String({ pattern: '^https?://[^/]+$' });

const BankConfig = Type.Object({
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  host: text,
  origin,
  issuer: origin,
  clientId: text,
  dataDirectory: text,
  keysFile: text,
  /** the issuer's trust anchor, pinned: nothing else is believed without it */
  anchor: Type.Object({
    kid: text,
    jwk: Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: coordinate }),
  }),
});
export type BankConfig = Static<typeof BankConfig>;

const PrivateKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: coordinate,
  y: coordinate,
  d: coordinate,
  kid: text,
});

const BankKeys = Type.Object({ signing: PrivateKey, encryption: PrivateKey });
export type BankKeys = Static<typeof BankKeys>;

/** The bank's settings and keys, from the file that `PRAYA_BANK_CONFIG` names. */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): {
  config: BankConfig;
  keys: BankKeys;
} {
  const file = variables['PRAYA_BANK_CONFIG'];
  if (file === undefined) throw new ConfigError('Settings: PRAYA_BANK_CONFIG names no file');
  const config = readAs(BankConfig, file);
  return { config, keys: readAs(BankKeys, config.keysFile) };
}

function readAs<T extends TSchema>(schema: T, file: string): Static<T> {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (Value.Check(schema, value)) return value;
  const faults = Value.Errors(schema, value).map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new ConfigError(`${file}: ${faults.join('; ')}`);
}
