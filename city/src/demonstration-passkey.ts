import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64Url } from './base64url.ts';
import type { PasskeyJwk } from './passkey-data.ts';
import { createSoftwarePasskey, type SoftwarePasskey } from './software-passkey.ts';

export type DemonstrationPasskeyOptions = {
  seed: string;
  index: number;
  rpId: string;
  origin: string;
  userHandle?: string | null;
};

const SALT = utf8ToBytes('praya demonstration passkey');

/** HKDF output taken as a scalar; the rare one that is zero or not below the order is derived again. */
function deriveScalar(seed: string, index: number): Uint8Array {
  for (let attempt = 0; ; attempt++) {
    const scalar = hkdf(sha256, utf8ToBytes(seed), SALT, utf8ToBytes(`${index}/${attempt}`), 32);
    if (p256.utils.isValidSecretKey(scalar)) return scalar;
  }
}

/** The private key of the demonstration passkey `index` of a seed. Whoever knows the seed knows the key. */
export function demonstrationKey(seed: string, index: number): PasskeyJwk {
  const scalar = deriveScalar(seed, index);
  const point = p256.getPublicKey(scalar, false);
  return {
    kty: 'EC',
    crv: 'P-256',
    x: toBase64Url(point.subarray(1, 33)),
    y: toBase64Url(point.subarray(33)),
    d: toBase64Url(scalar),
  };
}

/** The same passkey for the same seed and index, in any process and any browser. */
export function demonstrationPasskey(options: DemonstrationPasskeyOptions): Promise<SoftwarePasskey> {
  const { seed, index, ...site } = options;
  return createSoftwarePasskey({ ...site, privateKey: demonstrationKey(seed, index) });
}
