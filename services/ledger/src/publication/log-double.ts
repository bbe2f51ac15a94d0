import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { buildConsistencyProof, type SizePair } from '@praya/tlog/consistency-proof';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from '@praya/tlog/frontier';
import { leafHash } from '@praya/tlog/merkle-hash';
import { type VerifierKey, verifierKeyOf } from '@praya/tlog/note';
import { sha256 } from '../sha256.ts';
import type { OfferedTree } from './publisher.ts';
import type { LogSigner } from './sign-checkpoint.ts';

/** A log in memory, for tests of those who only need its trees. */
export type LogDouble = {
  readonly origin: string;
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
  readonly signer: LogSigner;
  tree(size: number): OfferedTree;
  consistency(sizes: SizePair): Promise<readonly Uint8Array[]>;
};

/** A log whose entries are the words `<history> 0`, `<history> 1` and so on. */
export function createLogDouble(
  origin: string,
  history = 'entry',
  privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey,
): LogDouble {
  const x = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
  const leaves = Array.from({ length: 600 }, (_, at) => leafHash(sha256, Buffer.from(`${history} ${at}`)));
  const { completed } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
  const nodes = new Map(completed.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  const read = (level: number, index: number) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new RangeError(`No node ${level}/${index}`);
    return hash;
  };
  return {
    origin,
    key: verifierKeyOf(sha256, origin, Buffer.from(x, 'base64url')),
    privateKey,
    signer: { signingKey: async () => ({ privateKey, jwk: { x } }) },
    tree: (size) => {
      const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves.slice(0, size));
      return { origin, size, root: frontierRoot(sha256, frontier) };
    },
    consistency: async (sizes) => {
      const proof = buildConsistencyProof(sha256, read, sizes);
      if (!proof.ok) throw new RangeError(proof.refusal.code);
      return proof.value;
    },
  };
}
