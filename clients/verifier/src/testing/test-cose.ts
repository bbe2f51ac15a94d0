import { type Bytes, concat, utf8 } from '../bytes.ts';
import { sha256 } from '../digest.ts';
import type { TestKey } from './test-keys.ts';

/** What tests say in CBOR; a map's members in the order given. */
export type TestCbor =
  | number
  | string
  | null
  | Uint8Array
  | readonly TestCbor[]
  | ReadonlyMap<number | string, TestCbor>
  | { readonly tag: number; readonly value: TestCbor };

/** Source: RFC 8949 §3. */
export function testCbor(value: TestCbor): Bytes {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return concat(head(3, utf8(value).length), utf8(value));
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (value instanceof Map) {
    const members = [...value].flatMap(([key, member]) => [testCbor(key), testCbor(member)]);
    return concat(head(5, value.size), ...members);
  }
  if ('tag' in value) return concat(head(6, value.tag), testCbor(value.value));
  const items = [...(value as readonly TestCbor[])];
  return concat(head(4, items.length), ...items.map(testCbor));
}

function head(major: number, argument: number): Bytes {
  const first = major << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  if (argument < 0x100) return Uint8Array.of(first | 24, argument);
  if (argument < 0x10000) return Uint8Array.of(first | 25, argument >> 8, argument & 0xff);
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setUint32(1, argument);
  bytes[0] = first | 26;
  return bytes;
}

type Labels = ReadonlyMap<number | string, TestCbor>;

/** A tagged COSE_Sign1 by a key. */
export async function testSign1(
  key: TestKey,
  about: {
    readonly header: Labels;
    readonly payload: Uint8Array;
    readonly unprotected?: Labels;
    readonly detached?: boolean;
  },
): Promise<Bytes> {
  const { payload, unprotected = new Map(), detached = false } = about;
  const header = testCbor(about.header);
  const signature = await key.signBytes(testCbor(['Signature1', header, new Uint8Array(), payload]));
  return testCbor({ tag: 18, value: [header, unprotected, detached ? null : payload, signature] });
}

/** A statement about a subject, signed with ES256; `unprotected` is not. */
export function testStatement(
  key: TestKey,
  about: { issuer: string; subject: string; payload: Uint8Array; unprotected?: Labels; contentType?: string },
): Promise<Bytes> {
  const { issuer, subject, payload, unprotected, contentType = 'application/json' } = about;
  const header: Labels = new Map<number, TestCbor>([
    [1, key.jwk.kty === 'EC' ? -7 : -8],
    [3, contentType],
    [4, utf8(key.kid)],
    [
      15,
      new Map([
        [1, issuer],
        [2, subject],
      ]),
    ],
  ]);
  return testSign1(key, { header, payload, ...(unprotected === undefined ? {} : { unprotected }) });
}

/** The receipt of an entry by a log's key. */
export function testReceipt(
  key: TestKey,
  about: { issuer: string; root: Uint8Array; size: number; index: number; path: readonly Uint8Array[] },
): Promise<Bytes> {
  const { issuer, root, size, index, path } = about;
  const header = new Map<number, TestCbor>([
    [1, -8],
    [15, new Map([[1, issuer]])],
    [395, 1],
  ]);
  const unprotected = new Map([[396, new Map([[-1, [testCbor([size, index, path])]]])]]);
  return testSign1(key, { header, unprotected, payload: root, detached: true });
}

/** What a log keeps of a statement that has no receipts yet. */
export function testEntry(statement: Bytes): Promise<Bytes> {
  return sha256(statement);
}
