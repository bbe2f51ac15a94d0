/**
 * SHA-256, passed in by the caller so that this package needs no runtime of its own.
 *
 * Shape   any bytes → 32 bytes
 */
export type Hasher = (bytes: Uint8Array) => Uint8Array;

/**
 * SHA-256 written to a place in memory that is there already: for whoever hashes by the hundred thousand.
 *
 * Shape   any bytes → 32 bytes at `into[at…]`
 */
export type HasherInto = (bytes: Uint8Array, into: Uint8Array, at: number) => void;

/** The length of every hash of the tree. Units: bytes. */
export const HASH_BYTES = 32;

/**
 * The hash of a leaf.
 *
 * Shape   HASH(0x00 ‖ entry)
 * Source  RFC 6962 §2.1, RFC 9162 §2.1.1
 */
export function leafHash(hasher: Hasher, entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length);
  bytes.set(entry, 1);
  return hasher(bytes);
}

/**
 * The hash of a node with two children.
 *
 * Shape   HASH(0x01 ‖ left ‖ right)
 * Source  RFC 6962 §2.1, RFC 9162 §2.1.1
 */
export function childrenHash(hasher: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + left.length + right.length);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + left.length);
  return hasher(bytes);
}

/**
 * The root of a tree without leaves.
 *
 * Shape   HASH of no bytes
 * Source  RFC 6962 §2.1
 */
export function emptyRoot(hasher: Hasher): Uint8Array {
  return hasher(new Uint8Array(0));
}

/** Whether two hashes are the same bytes. Hashes of a public log are no secret: not constant in time. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
