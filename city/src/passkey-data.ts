import { fromBase64Url } from './base64url.ts';
import { encodeCbor, joinBytes } from './cbor.ts';

export type PasskeyJwk = { kty: 'EC'; crv: 'P-256'; x: string; y: string; d: string };

/** Tells Praya's software passkey from every real authenticator: the letters `praya-software-k`. */
export const SOFTWARE_AAGUID = '70726179-612d-736f-6674-776172652d6b';

const FLAGS = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40 };

/** User present and verified; the passkey may be and is backed up. */
const PRESENT = FLAGS.UP | FLAGS.UV | FLAGS.BE | FLAGS.BS;

/** A passkey that is backed up does not count its signatures. */
const SIGN_COUNT = new Uint8Array(4);

const text = new TextEncoder();

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export function credentialIdOf(publicKey: PasskeyJwk): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(
    joinBytes(text.encode('praya passkey'), fromBase64Url(publicKey.x), fromBase64Url(publicKey.y)),
  );
}

/** COSE_Key, EC2, ES256. Source: RFC 9052 §7, RFC 9053 §7.1.1. */
function coseKey(key: PasskeyJwk): Uint8Array {
  return encodeCbor(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, fromBase64Url(key.x)],
      [-3, fromBase64Url(key.y)],
    ]),
  );
}

/** SubjectPublicKeyInfo, as `getPublicKey()` gives it. Source: RFC 5480 §2. */
export function spkiOf(key: PasskeyJwk): Uint8Array {
  const algorithm = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';
  const prefix = Uint8Array.from(algorithm.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return joinBytes(prefix, fromBase64Url(key.x), fromBase64Url(key.y));
}

function aaguid(): Uint8Array {
  return Uint8Array.from(SOFTWARE_AAGUID.replaceAll('-', '').match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
}

/** Source: WebAuthn Level 3 §6.1. */
export async function assertionData(rpId: string): Promise<Uint8Array<ArrayBuffer>> {
  return joinBytes(await sha256(text.encode(rpId)), Uint8Array.of(PRESENT), SIGN_COUNT);
}

/** Source: WebAuthn Level 3 §6.1 and §6.5.1 (attested credential data). */
export async function attestedData(rpId: string, key: PasskeyJwk): Promise<Uint8Array<ArrayBuffer>> {
  const id = await credentialIdOf(key);
  return joinBytes(
    await sha256(text.encode(rpId)),
    Uint8Array.of(PRESENT | FLAGS.AT),
    SIGN_COUNT,
    aaguid(),
    Uint8Array.of(id.length >> 8, id.length & 0xff),
    id,
    coseKey(key),
  );
}

/** Source: WebAuthn Level 3 §6.5.4 and §8.7 (attestation `none`). */
export function attestationObject(authenticatorData: Uint8Array): Uint8Array {
  return encodeCbor(
    new Map<string, string | Uint8Array | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authenticatorData],
    ]),
  );
}

/** Source: WebAuthn Level 3 §5.8.1.1 (the order of the members). */
export function clientDataJson(
  type: 'webauthn.create' | 'webauthn.get',
  challenge: string,
  origin: string,
): Uint8Array<ArrayBuffer> {
  return text.encode(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function derInteger(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = bytes.subarray(first < 0 ? bytes.length - 1 : first);
  const positive = (significant[0] ?? 0) >= 0x80 ? joinBytes(Uint8Array.of(0), significant) : significant;
  return joinBytes(Uint8Array.of(0x02, positive.length), positive);
}

/** An ECDSA signature as authenticators make it. Source: RFC 3279 §2.2.3; WebAuthn Level 3 §6.5.5. */
export function derSignature(raw: Uint8Array): Uint8Array {
  const integers = joinBytes(derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32)));
  return joinBytes(Uint8Array.of(0x30, integers.length), integers);
}
