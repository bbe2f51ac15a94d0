import { type Bytes, concat, textOf } from './bytes.ts';
import { type Checked, proven, unproven } from './checked.ts';

/** What CBOR may say here: no floats, no indefinite lengths, no numbers that are not exact, no other simple values. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Bytes
  | readonly CborValue[]
  | CborMap
  | CborTagged;
export type CborMap = ReadonlyMap<number | string, CborValue>;
export type CborTagged = { readonly tag: number; readonly value: CborValue };

/** The longest item that is read. Units: bytes. */
export const CBOR_MAX_LENGTH = 1_000_000;
const MAX_DEPTH = 16;

/** Thrown inside, answered outside. */
class Malformed extends Error {}

type Reader = { readonly bytes: Uint8Array; at: number; readonly anyOrder: boolean };

/**
 * Reads one item, and nothing after it. Every value has one encoding: heads in the fewest bytes, no key twice, and
 * members of maps in the order of their encoded keys unless `anyOrder`: COSE does not ask for that order.
 *
 * Errors  cbor.too-large, cbor.malformed
 * Source  RFC 8949 §3, §4.2.1
 */
export function decodeCbor(
  bytes: Uint8Array,
  how: { readonly anyOrder?: boolean; readonly maxLength?: number } = {},
): Checked<CborValue> {
  const { anyOrder = false, maxLength = CBOR_MAX_LENGTH } = how;
  if (bytes.length > maxLength) return unproven('cbor.too-large');
  const reader: Reader = { bytes, at: 0, anyOrder };
  try {
    const value = readItem(reader, 0);
    return reader.at === bytes.length ? proven(value) : unproven('cbor.malformed');
  } catch (error) {
    if (error instanceof Malformed) return unproven('cbor.malformed');
    throw error;
  }
}

/** A byte string as an item: its head in the fewest bytes, then itself. Source: RFC 8949 §3.1 */
export function cborBytes(bytes: Uint8Array): Bytes {
  const { length } = bytes;
  if (length < 24) return concat(Uint8Array.of(0x40 | length), bytes);
  if (length < 2 ** 8) return concat(Uint8Array.of(0x58, length), bytes);
  const head = new Uint8Array(length < 2 ** 16 ? 3 : 5);
  const view = new DataView(head.buffer);
  if (head.length === 3) view.setUint16(1, length);
  else view.setUint32(1, length);
  head[0] = head.length === 3 ? 0x59 : 0x5a;
  return concat(head, bytes);
}

/** Whether this is a map. */
export function isCborMap(value: CborValue | undefined): value is CborMap {
  return value instanceof Map;
}

/** Whether this is a byte string. */
export function isCborBytes(value: CborValue | undefined): value is Bytes {
  return value instanceof Uint8Array;
}

/** Whether this is an array. */
export function isCborArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value);
}

function readItem(reader: Reader, depth: number): CborValue {
  if (depth > MAX_DEPTH) throw new Malformed();
  const first = take(reader, 1)[0] ?? 0;
  const major = first >> 5;
  if (major === 7) return readSimple(first);
  const argument = readArgument(reader, first & 0x1f);
  if (major === 0) return argument;
  if (major === 1) return exact(-1 - argument);
  if (major === 2) return take(reader, argument);
  if (major === 3) return readText(reader, argument);
  if (major === 4) return readArray(reader, { length: argument, depth });
  if (major === 5) return readMap(reader, { length: argument, depth });
  return { tag: argument, value: readItem(reader, depth + 1) };
}

function readSimple(first: number): boolean | null {
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  throw new Malformed();
}

/** The argument of a head, which must not fit into fewer bytes. */
function readArgument(reader: Reader, short: number): number {
  if (short < 24) return short;
  if (short > 27) throw new Malformed();
  const bytes = take(reader, 2 ** (short - 24));
  const argument = exact(bytes.reduce((sum, byte) => sum * 256 + byte, 0));
  const least = short === 24 ? 24 : 2 ** (2 ** (short - 22));
  if (argument < least) throw new Malformed();
  return argument;
}

function readText(reader: Reader, length: number): string {
  const text = textOf(take(reader, length));
  if (text === null) throw new Malformed();
  return text;
}

function readArray(reader: Reader, about: { length: number; depth: number }): CborValue[] {
  const items: CborValue[] = [];
  while (items.length < about.length) items.push(readItem(reader, about.depth + 1));
  return items;
}

function readMap(reader: Reader, about: { length: number; depth: number }): CborMap {
  const map = new Map<number | string, CborValue>();
  let previous: Uint8Array | null = null;
  while (map.size < about.length) {
    const from = reader.at;
    const key = readItem(reader, about.depth + 1);
    if ((typeof key !== 'number' && typeof key !== 'string') || map.has(key)) throw new Malformed();
    const encoded = reader.bytes.subarray(from, reader.at);
    if (!reader.anyOrder && previous !== null && !isBefore(previous, encoded)) throw new Malformed();
    previous = encoded;
    map.set(key, readItem(reader, about.depth + 1));
  }
  return map;
}

function take(reader: Reader, length: number): Bytes {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new Malformed();
  const taken = new Uint8Array(reader.bytes.subarray(reader.at, end));
  reader.at = end;
  return taken;
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Malformed();
  return value;
}

function isBefore(one: Uint8Array, other: Uint8Array): boolean {
  for (let at = 0; at < one.length && at < other.length; at += 1) {
    const [left = 0, right = 0] = [one[at], other[at]];
    if (left !== right) return left < right;
  }
  return one.length < other.length;
}
