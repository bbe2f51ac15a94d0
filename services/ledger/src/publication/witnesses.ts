import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CosignatureVerify, CosignerKey } from '@praya/tlog/cosignature';
import type { Policy } from '@praya/tlog/policy';

/** A witness that can be asked: all keys of one name, and where it is asked. */
export type Witness = {
  readonly name: string;
  /** its submission prefix with `/add-checkpoint` behind it */
  readonly address: string;
  readonly keys: readonly CosignerKey[];
};

/** The most keys of witnesses under which a checkpoint still fits a note. */
const MOST_KEYS = 24;

/**
 * Whom to ask: the witnesses of a policy that have an address; keys of the same name are one witness.
 * Errors: throws on an address that is no http(s) one, on two addresses of one name, on more keys than a note can carry.
 */
export function witnessesOf(policy: Policy | null): readonly Witness[] {
  const witnesses = new Map<string, Witness>();
  if (policy !== null && policy.witnesses.length > MOST_KEYS) {
    throw new RangeError(`A policy of more than ${MOST_KEYS} keys of witnesses`);
  }
  for (const { key, url } of policy?.witnesses ?? []) {
    if (url === null) continue;
    const address = addressOf(url);
    const known = witnesses.get(key.name);
    if (known !== undefined && known.address !== address) {
      throw new RangeError(`The witness ${key.name} has two addresses`);
    }
    witnesses.set(key.name, { name: key.name, address, keys: [...(known?.keys ?? []), key] });
  }
  return [...witnesses.values()];
}

/** Checks a cosignature of either algorithm. Errors: throws on a public key that is none. */
export const checkCosignature: CosignatureVerify = ({ algorithm, publicKey, message, signature }) => {
  let key = publicKeys.get(publicKey);
  if (key === undefined) {
    const bytes = Buffer.from(publicKey).toString('base64url');
    const jwk =
      algorithm === 'Ed25519'
        ? { kty: 'OKP', crv: 'Ed25519', x: bytes }
        : { kty: 'AKP', alg: 'ML-DSA-44', pub: bytes };
    key = createPublicKey({ key: jwk, format: 'jwk' });
    publicKeys.set(publicKey, key);
  }
  return verify(null, message, key, signature);
};

const publicKeys = new WeakMap<Uint8Array, KeyObject>();

function addressOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new RangeError(`Not the address of a witness: ${url}`);
  }
  return `${url.replace(/\/+$/, '')}/add-checkpoint`;
}
