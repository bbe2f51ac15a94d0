/** What our statements and receipts say in CBOR. A map's members may be given in any order. */
export type Cbor =
  | number
  | string
  | Uint8Array
  | null
  | readonly Cbor[]
  | ReadonlyMap<number | string, Cbor>
  | Tagged;
/** A value under a tag. */
export type Tagged = { readonly tag: number; readonly value: Cbor };

const NULL = 0xf6;

/**
 * The one deterministic encoding of a value.
 *
 * Shape   the fewest bytes for each head; members of a map in the order of their encoded keys
 * Errors  throws on a number that is not a safe integer and on a text that is not well formed
 * Source  RFC 8949 §3, §4.2.1
 */
export function encodeCbor(value: Cbor): Uint8Array {
  if (value === null) return Uint8Array.of(NULL);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('Not a text that UTF-8 can carry');
    const bytes = new TextEncoder().encode(value);
    return joinBytes(head(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return joinBytes(head(2, value.length), value);
  if (isList(value)) return joinBytes(head(4, value.length), ...value.map(encodeCbor));
  if ('tag' in value) return joinBytes(head(6, value.tag), encodeCbor(value.value));
  const members = [...value]
    .map(([key, member]) => ({ key: encodeCbor(key), member: encodeCbor(member) }))
    .sort((one, other) => compareBytes(one.key, other.key));
  return joinBytes(head(5, value.size), ...members.flatMap(({ key, member }) => [key, member]));
}

/** One after the other. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Major type and argument, in the fewest bytes. */
function head(majorType: number, argument: number): Uint8Array {
  if (!Number.isSafeInteger(argument)) throw new RangeError('Not a number that we write');
  const first = majorType << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  if (argument < 2 ** 8) return Uint8Array.of(first | 24, argument);
  const bytes = new Uint8Array(argument < 2 ** 16 ? 3 : argument < 2 ** 32 ? 5 : 9);
  const view = new DataView(bytes.buffer);
  if (bytes.length === 3) view.setUint16(1, argument);
  else if (bytes.length === 5) view.setUint32(1, argument);
  else view.setBigUint64(1, BigInt(argument));
  bytes[0] = first | (bytes.length === 3 ? 25 : bytes.length === 5 ? 26 : 27);
  return bytes;
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at < 0 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? -1);
}

function isList(value: object): value is readonly Cbor[] {
  return Array.isArray(value);
}
