/** What an authenticator has to say in CBOR: integers, bytes, text, and maps in the order given. */
export type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>;

const text = new TextEncoder();

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Major type and argument, in the fewest bytes. Source: RFC 8949 §3. Arguments: below 65,536. */
function head(majorType: number, argument: number): Uint8Array {
  const first = majorType << 5;
  if (argument < 24) return Uint8Array.of(first | argument);
  if (argument < 2 ** 8) return Uint8Array.of(first | 24, argument);
  if (argument < 2 ** 16) return Uint8Array.of(first | 25, argument >> 8, argument & 0xff);
  throw new RangeError('An authenticator says nothing this long');
}

/** Source: RFC 8949 §3. */
export function encodeCbor(value: Cbor): Uint8Array<ArrayBuffer> {
  if (typeof value === 'number') return joinBytes(value >= 0 ? head(0, value) : head(1, -1 - value));
  if (typeof value === 'string') {
    const bytes = text.encode(value);
    return joinBytes(head(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return joinBytes(head(2, value.length), value);
  const members = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)]);
  return joinBytes(head(5, value.size), ...members);
}
