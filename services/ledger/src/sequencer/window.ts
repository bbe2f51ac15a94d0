import { randomBytes } from 'node:crypto';

const LEAF_BYTES = 32;
const SMALLEST = 1024;

/**
 * The last leaf hashes of a log and their places, so that a repeated entry gets the place it has.
 *
 * Shape: places are given without a gap, so the place of a leaf follows from where it is in the ring: no second table.
 */
export type RepeatWindow = {
  /** the place that the next new leaf gets */
  next(): number;
  /** how many leaves are remembered, at most the capacity */
  held(): number;
  /** the place of the leaf at this offset of the bytes, or −1 */
  find(leaves: Uint8Array, at: number): number;
  /** remembers the leaf, which must not be there yet, and gives it the next place; the oldest is forgotten when full */
  add(leaves: Uint8Array, at: number): number;
  /** forgets every leaf from a place on: they were never durable */
  rollBack(size: number): void;
  /** forgets everything; the next leaf gets this place */
  restart(next: number): void;
};

/**
 * An empty window of the capacity, a power of two; memory grows with what it holds (40 bytes a leaf).
 * Slots are found with a secret of the process: who chooses entries cannot make them collide.
 */
export function createRepeatWindow(capacity: number, secret: Uint8Array = randomBytes(16)): RepeatWindow {
  if (capacity < 1 || (capacity & (capacity - 1)) !== 0) throw new RangeError('Capacity: a power of two');
  const mix = mixer(secret);
  let room = Math.min(capacity, SMALLEST);
  let ring = new Uint8Array(room * LEAF_BYTES);
  // Open addressing at half load at most: a slot holds a position in the ring plus one, or zero.
  let slots = new Int32Array(room * 2);
  let next = 0;
  let held = 0;

  const slotOf = (bytes: Uint8Array, at: number) => mix(bytes, at) & (slots.length - 1);
  const positionOf = (place: number) => place % room;

  function occupy(position: number): void {
    let slot = slotOf(ring, position * LEAF_BYTES);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = position + 1;
  }

  // Backward shift: what stood behind in the same run moves up, so that no run is ever broken by a hole.
  function vacate(position: number): void {
    const last = slots.length - 1;
    let hole = slotOf(ring, position * LEAF_BYTES);
    while (slots[hole] !== position + 1) hole = (hole + 1) & last;
    for (let slot = (hole + 1) & last; ; slot = (slot + 1) & last) {
      const held = slots[slot] as number;
      if (held === 0) break;
      const home = slotOf(ring, (held - 1) * LEAF_BYTES);
      if (((slot - home) & last) < ((slot - hole) & last)) continue;
      slots[hole] = held;
      hole = slot;
    }
    slots[hole] = 0;
  }

  function grow(): void {
    const from = { ring, room };
    room = Math.min(capacity, room * 4);
    ring = new Uint8Array(room * LEAF_BYTES);
    slots = new Int32Array(room * 2);
    for (let place = next - held; place < next; place += 1) {
      const at = (place % from.room) * LEAF_BYTES;
      ring.set(from.ring.subarray(at, at + LEAF_BYTES), positionOf(place) * LEAF_BYTES);
      occupy(positionOf(place));
    }
  }

  function find(leaves: Uint8Array, at: number): number {
    const last = slots.length - 1;
    for (let slot = slotOf(leaves, at); ; slot = (slot + 1) & last) {
      const held = slots[slot] as number;
      if (held === 0) return -1;
      if (isAt(held - 1, leaves, at)) return placeAt(held - 1);
    }
  }

  function isAt(position: number, leaves: Uint8Array, at: number): boolean {
    const start = position * LEAF_BYTES;
    for (let n = 0; n < LEAF_BYTES; n += 1) if (ring[start + n] !== leaves[at + n]) return false;
    return true;
  }

  // The one place among those held that falls on this position.
  function placeAt(position: number): number {
    const newest = next - 1;
    return newest - ((((newest - position) % room) + room) % room);
  }

  function add(leaves: Uint8Array, at: number): number {
    if (held === room && room < capacity) grow();
    const place = next;
    const position = positionOf(place);
    if (held === room) vacate(position);
    else held += 1;
    const start = position * LEAF_BYTES;
    for (let n = 0; n < LEAF_BYTES; n += 1) ring[start + n] = leaves[at + n] as number;
    next = place + 1;
    occupy(position);
    return place;
  }

  function rollBack(size: number): void {
    while (next > size && held > 0) {
      next -= 1;
      held -= 1;
      vacate(positionOf(next));
    }
    if (next > size) next = size;
  }

  function restart(place: number): void {
    slots.fill(0);
    held = 0;
    next = place;
  }

  return { next: () => next, held: () => held, find, add, rollBack, restart };
}

// Multiplication by odd secrets over the words of the leaf, the high bits folded down.
function mixer(secret: Uint8Array): (bytes: Uint8Array, at: number) => number {
  const view = new DataView(secret.buffer, secret.byteOffset, 16);
  const odd = (at: number) => view.getInt32(at) | 1;
  const [one, two, three, four] = [odd(0), odd(4), odd(8), odd(12)];
  return (bytes, at) => {
    const mixed =
      Math.imul(wordAt(bytes, at), one) ^
      Math.imul(wordAt(bytes, at + 8), two) ^
      Math.imul(wordAt(bytes, at + 16), three);
    const folded = Math.imul(mixed ^ (mixed >>> 15), four);
    return (folded ^ (folded >>> 13)) >>> 0;
  };
}

function wordAt(bytes: Uint8Array, at: number): number {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as number[];
  return ((a as number) << 24) | ((b as number) << 16) | ((c as number) << 8) | (d as number);
}
