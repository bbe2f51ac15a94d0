import { encodeBase64 } from '../base64.ts';
import { decodeBase64url } from '../base64url.ts';
import { concat, utf8 } from '../bytes.ts';
import { sha256 } from '../digest.ts';
import { childrenHash, leafHash } from '../merkle.ts';
import { createTestKey, type TestKey } from './test-keys.ts';
import { keyOf } from './test-witnesses.ts';

/** A log in memory for tests: small trees, by the definition of RFC 6962 §2.1 word for word. */
export type TestLog = {
  readonly origin: string;
  readonly vkey: string;
  readonly append: (entry: Uint8Array) => number;
  readonly proofOf: (index: number) => Promise<readonly string[]>;
  readonly checkpoint: () => Promise<string>;
  readonly signNote: (text: string) => Promise<string>;
  /** what a COSE Receipt is made of */
  readonly key: TestKey;
  readonly size: () => number;
  readonly root: () => Promise<Uint8Array>;
  readonly pathOf: (index: number) => Promise<readonly Uint8Array[]>;
};

/** Makes a log with a few entries of others in it. */
export async function createTestLog(origin: string, others = 5): Promise<TestLog> {
  const key = await createTestKey('EdDSA');
  const x = key.jwk.kty === 'OKP' ? decodeBase64url(key.jwk.x) : null;
  if (x === null) throw new TypeError('The log signs by Ed25519');
  const { id, vkey } = await keyOf(origin, 1, x);
  const entries: Uint8Array[] = Array.from({ length: others }, (_, at) => utf8(`other ${at}`));
  const leaves = () => Promise.all(entries.map((entry) => leafHash(entry)));
  const signNote = async (text: string) => {
    const signature = concat(id, await key.signBytes(utf8(text)));
    return `${text}\n— ${origin} ${encodeBase64(signature)}\n`;
  };
  return {
    origin,
    vkey,
    key,
    size: () => entries.length,
    root: async () => treeHash(await leaves()),
    pathOf: async (index) => pathOf(index, await leaves()),
    append: (entry) => entries.push(entry) - 1,
    proofOf: async (index) => (await pathOf(index, await leaves())).map(encodeBase64),
    checkpoint: async () =>
      signNote(`${origin}\n${entries.length}\n${encodeBase64(await treeHash(await leaves()))}\n`),
    signNote,
  };
}

/** The root of a tree of leaf hashes. */
export async function treeHash(leaves: readonly Uint8Array[]): Promise<Uint8Array> {
  const [only = await sha256(new Uint8Array())] = leaves;
  if (leaves.length < 2) return only;
  const split = splitOf(leaves.length);
  return childrenHash(await treeHash(leaves.slice(0, split)), await treeHash(leaves.slice(split)));
}

/** The inclusion proof of a leaf. */
export async function pathOf(index: number, leaves: readonly Uint8Array[]): Promise<Uint8Array[]> {
  if (leaves.length < 2) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...(await pathOf(index, left)), await treeHash(right)]
    : [...(await pathOf(index - split, right)), await treeHash(left)];
}

function splitOf(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1);
}
