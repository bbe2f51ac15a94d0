import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { encodeBase64 } from '@praya/tlog/base64';
import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { buildInclusionProof } from '@praya/tlog/inclusion-proof';
import { childrenHash, type Hasher, leafHash } from '@praya/tlog/merkle-hash';
import { formatVerifierKey, signNote, verifierKeyOf } from '@praya/tlog/note';
import { rangeHash } from '@praya/tlog/tree-range';
import type { TestWitnesses } from '../../../clients/verifier/src/testing/test-witnesses.ts';

export const sha256: Hasher = (bytes) => createHash('sha256').update(bytes).digest();

/** A log in memory whose proofs, tiles and checkpoints are real; its witnesses are those of the tests. */
export type PretendedLog = {
  readonly tenant: string;
  readonly shard: string;
  readonly origin: string;
  readonly vkey: string;
  readonly entries: Uint8Array[];
  append(entry: Uint8Array): number;
  rootAt(size: number): Uint8Array;
  proofAt(index: number, size: number): readonly string[];
  /** signed by the log and, without the last `missing` lines, by the witnesses */
  checkpointAt(size: number, missing?: number): Promise<string>;
  bundle(place: number, width: number): Uint8Array | null;
};

/** An entry that says nothing: 32 bytes, as the platform and the notary write them. */
function entryOf(name: string, at: number): Uint8Array {
  return sha256(new TextEncoder().encode(`${name} ${at}`));
}

export function createPretendedLog(
  about: { readonly host: string; readonly tenant: string; readonly shard: string; readonly size: number },
  witnesses: TestWitnesses,
): PretendedLog {
  const { tenant, shard, host, size } = about;
  const origin = `${host}/log/${tenant}/${shard}`;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = verifierKeyOf(sha256, origin, rawKey(publicKey));
  const entries = Array.from({ length: size }, (_, at) => entryOf(origin, at));
  const nodes = new Map<string, Uint8Array>();
  const read = (level: number, index: number): Uint8Array => {
    const place = `${level} ${index}`;
    const known = nodes.get(place);
    if (known !== undefined) return known;
    const made =
      level === 0
        ? leafHash(sha256, entries[index] ?? new Uint8Array())
        : childrenHash(sha256, read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
    nodes.set(place, made);
    return made;
  };
  const rootAt = (until: number) => rangeHash(sha256, read, { from: 0, until });
  return {
    tenant,
    shard,
    origin,
    vkey: formatVerifierKey(key),
    entries,
    append: (entry) => entries.push(entry) - 1,
    rootAt,
    proofAt: (index, until) => {
      const proof = buildInclusionProof(sha256, read, { index, size: until });
      if (!proof.ok) throw new RangeError(`No proof of ${index} in ${until}`);
      return proof.value.map(encodeBase64);
    },
    checkpointAt: async (until, missing = 0) => {
      const text = formatCheckpoint({ origin, size: until, root: rootAt(until), extensions: [] });
      const note = signNote(text, { ...key, sign: (message) => sign(null, message, privateKey) });
      const lines = (await witnesses.cosign(note)).split('\n');
      return `${lines.slice(0, lines.length - 1 - missing).join('\n')}\n`;
    },
    bundle: (place, width) => {
      const chosen = entries.slice(place * 256, place * 256 + width);
      return chosen.length === width ? encodeEntries(chosen) : null;
    },
  };
}

function rawKey(key: KeyObject): Uint8Array {
  return new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
}
