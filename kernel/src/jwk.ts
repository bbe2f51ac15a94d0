import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';

/**
 * A public key on P-256, for ES256 signatures or ECDH-ES agreement. Private members do not fit.
 *
 * Source  RFC 7517, RFC 7518 §6.2
 */
export const PublicEcKey = Type.Object(
  {
    kty: Type.Literal('EC'),
    crv: Type.Literal('P-256'),
    x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    y: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
    kid: Type.String({ minLength: 1, maxLength: 100 }),
    use: Type.Optional(Type.Union([Type.Literal('sig'), Type.Literal('enc')])),
    alg: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { additionalProperties: false },
);
export type PublicEcKey = Static<typeof PublicEcKey>;

/**
 * The thumbprint that names a key.
 *
 * Source  RFC 7638 §3
 */
export function thumbprint(jwk: { readonly crv: string; readonly x: string; readonly y: string }): string {
  const members = JSON.stringify({ crv: jwk.crv, kty: 'EC', x: jwk.x, y: jwk.y });
  return createHash('sha256').update(members).digest('base64url');
}
