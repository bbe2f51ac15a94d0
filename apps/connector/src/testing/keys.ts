import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JwsSigner } from '@praya/kernel/jws';

/** A key pair with a name, for tests. */
export type TestKey = {
  readonly kid: string;
  readonly publicJwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string; kid: string };
  readonly privateJwk: Record<string, string>;
  readonly privateKey: KeyObject;
  readonly signer: JwsSigner;
};

export function newTestKey(kid: string): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = privateKey.export({ format: 'jwk' });
  const { x = '', y = '', d = '' } = jwk;
  return {
    kid,
    publicJwk: { kty: 'EC', crv: 'P-256', x, y, kid },
    privateJwk: { kty: 'EC', crv: 'P-256', x, y, d, kid },
    privateKey,
    signer: { kid, algorithm: 'ES256', privateKey },
  };
}

/** The trust anchor of a test city. */
export function newTestAnchor(kid: string) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = privateKey.export({ format: 'jwk' });
  const signer: JwsSigner = { kid, algorithm: 'EdDSA', privateKey };
  return { kid, jwk: { kty: 'OKP' as const, crv: 'Ed25519' as const, x }, signer };
}
