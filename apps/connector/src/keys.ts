import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '@praya/kernel/config';
import type { JwsSigner } from '@praya/kernel/jws';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const Part = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const PrivateEcKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Part,
  y: Part,
  d: Part,
  kid: Type.String({ minLength: 1, maxLength: 100 }),
});
const SecretKey = Type.Object({ kty: Type.Literal('oct'), k: Part, kid: Type.String({ minLength: 1 }) });

/** Several keys of a kind stand side by side while one replaces the other; the first is preferred. */
const KeysFile = Type.Object({
  signing: Type.Array(PrivateEcKey, { minItems: 1, maxItems: 10 }),
  encryption: Type.Array(PrivateEcKey, { minItems: 1, maxItems: 10 }),
  handles: Type.Optional(Type.Array(SecretKey, { maxItems: 10 })),
  codes: Type.Optional(SecretKey),
});

export type OpeningKey = { readonly kid: string; readonly privateKey: KeyObject };
export type SecretKey = { readonly kid: string; readonly secret: Uint8Array };
export type ConnectorKeys = {
  readonly signing: readonly JwsSigner[];
  readonly encryption: readonly OpeningKey[];
  /** Seal and open the handles of persons; only at the register of persons. */
  readonly handles: readonly SecretKey[];
  /** Under which enrolment codes are hashed; only at the register of persons. */
  readonly codes: SecretKey | undefined;
};

/**
 * The private keys of this connector.
 *
 * Shape   { signing: [JWK], encryption: [JWK], handles?: [oct JWK], codes?: oct JWK }, each with a kid
 * Errors  ConfigError that never quotes a key
 */
export function readKeys(file: string): ConnectorKeys {
  const candidate: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Value.Check(KeysFile, candidate)) {
    const where = Value.Errors(KeysFile, candidate).map((fault) => fault.instancePath);
    throw new ConfigError(`Keys file: ${where.slice(0, 10).join(', ') || '(root)'} does not fit`);
  }
  const { signing, encryption, handles = [], codes } = candidate;
  return {
    signing: signing.map((jwk) => ({ kid: jwk.kid, algorithm: 'ES256', privateKey: privateKeyOf(jwk) })),
    encryption: encryption.map((jwk) => ({ kid: jwk.kid, privateKey: privateKeyOf(jwk) })),
    handles: handles.map(secretOf),
    codes: codes === undefined ? undefined : secretOf(codes),
  };
}

function privateKeyOf({ kty, crv, x, y, d }: Record<'kty' | 'crv' | 'x' | 'y' | 'd', string>): KeyObject {
  return createPrivateKey({ key: { kty, crv, x, y, d }, format: 'jwk' });
}

function secretOf({ kid, k }: { kid: string; k: string }): SecretKey {
  return { kid, secret: Buffer.from(k, 'base64url') };
}
