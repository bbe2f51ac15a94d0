import { encodeBase64url } from '../base64url.ts';
import { type Bytes, concat, utf8 } from '../bytes.ts';
import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../digest.ts';
import { isPublicJwk, type PublicJwk, thumbprint } from '../jwk.ts';
import type { Assertion } from '../webauthn.ts';

type Kind = 'ES256' | 'EdDSA' | 'RS256';

const GENERATE = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const;

/** A key pair for tests, made by WebCrypto. */
export type TestKey = {
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly signBytes: (message: Uint8Array) => Promise<Bytes>;
  /** a compact JWS; `header` overrides its header */
  readonly sign: (typ: string, payload: unknown, header?: object) => Promise<string>;
};

/** Makes a key pair; its kid is its thumbprint. */
export async function createTestKey(kind: Kind = 'ES256'): Promise<TestKey> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(GENERATE[kind], true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('A signing key has two halves');
  const exported = await subtle.exportKey('jwk', pair.publicKey);
  const jwk = publicOnly(exported);
  const kid = await thumbprint(jwk);
  const signBytes = async (message: Uint8Array) => {
    const signature = await subtle.sign(
      { ...GENERATE[kind], hash: 'SHA-256' },
      pair.privateKey,
      concat(message),
    );
    return new Uint8Array(signature);
  };
  const sign = async (typ: string, payload: unknown, header: object = {}) => {
    const head = encodeBase64url(utf8(canonicalJson({ alg: kind, kid, typ, ...header })));
    const input = `${head}.${encodeBase64url(utf8(canonicalJson(payload)))}`;
    return `${input}.${encodeBase64url(await signBytes(utf8(input)))}`;
  };
  return { kid, jwk, signBytes, sign };
}

/** What a test may change of an assertion before it is signed. */
export type AssertionChanges = {
  readonly clientData?: object;
  readonly flags?: number;
  readonly rpId?: string;
};

/** A passkey for tests. */
export type TestPasskey = {
  readonly jwk: PublicJwk;
  readonly assert: (challenge: Uint8Array, changes?: AssertionChanges) => Promise<Assertion>;
};

/** Makes a passkey that signs for a relying party, by a user present and verified. */
export async function createTestPasskey(
  rp: { readonly id: string; readonly origin: string },
  kind: Kind = 'ES256',
): Promise<TestPasskey> {
  const key = await createTestKey(kind);
  const assert = async (challenge: Uint8Array, changes: AssertionChanges = {}) => {
    const clientData = {
      type: 'webauthn.get',
      challenge: encodeBase64url(challenge),
      origin: rp.origin,
      crossOrigin: false,
      ...changes.clientData,
    };
    const clientDataBytes = utf8(JSON.stringify(clientData));
    const flags = Uint8Array.of(changes.flags ?? 0x1d, 0, 0, 0, 0);
    const authenticatorData = concat(await sha256(utf8(changes.rpId ?? rp.id)), flags);
    const raw = await key.signBytes(concat(authenticatorData, await sha256(clientDataBytes)));
    return {
      credentialId: encodeBase64url(utf8(key.kid)),
      publicKey: key.jwk,
      clientDataJSON: encodeBase64url(clientDataBytes),
      authenticatorData: encodeBase64url(authenticatorData),
      signature: encodeBase64url(kind === 'ES256' ? derOf(raw) : raw),
    };
  };
  return { jwk: key.jwk, assert };
}

/** The DER form of an r ‖ s signature, as authenticators send it. */
export function derOf(raw: Uint8Array): Bytes {
  const numbers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const first = half.findIndex((byte) => byte !== 0);
    const magnitude = half.subarray(first < 0 ? 31 : first);
    const body = (magnitude[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), magnitude) : magnitude;
    return concat(Uint8Array.of(0x02, body.length), body);
  });
  const body = concat(...numbers);
  return concat(Uint8Array.of(0x30, body.length), body);
}

function publicOnly(exported: JsonWebKey): PublicJwk {
  const { kty, crv, x, y, n, e } = exported;
  const jwk = JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }));
  if (!isPublicJwk(jwk)) throw new TypeError('WebCrypto made no usable key');
  return jwk;
}
