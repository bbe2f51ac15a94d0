import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Seals JSON values so that the database holds nothing readable; `bound` ties a value to its row. */
export type Sealer = {
  seal(value: unknown, bound: Uint8Array): Buffer;
  open(sealed: Uint8Array, bound: Uint8Array): unknown;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** 32 bytes for one use, derived from the master key. */
export function derivedKey(masterKey: Uint8Array, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(0), `praya identity ${use}`, 32));
}

/** AES-256-GCM under a key of its own. */
export function createSealer(masterKey: Uint8Array, use: string): Sealer {
  const key = derivedKey(masterKey, use);
  return {
    seal: (value, bound) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]);
    },
    open: (sealed, bound) => {
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(bound)
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return JSON.parse(text.toString('utf8'));
    },
  };
}
