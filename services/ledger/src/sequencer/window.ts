import { randomBytes } from 'node:crypto';

const LEAF_BYTES = 32;
const LEAF_WORDS = 8;
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
  /** remembers the leaf and gives it the next place; the oldest is forgotten when full */
  add(leaves: Uint8Array, at: number): number;
  /** makes room at once for so many more leaves */
  expect(leaves: number): void;
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
  // The leaf that is looked for, by words, as the ring has them.
  const wanted = new Int32Array(LEAF_WORDS);
  const wantedBytes = new Uint8Array(wanted.buffer);
  let room = Math.min(capacity, SMALLEST);
  let ring = new Int32Array(room * LEAF_WORDS);
  let ringBytes = new Uint8Array(ring.buffer);
  // Open addressing at half load at most: a slot holds a position in the ring plus one, or zero.
  let slots = new Int32Array(room * 2);
  let next = 0;
  let held = 0;

  function occupy(position: number): void {
    const last = slots.length - 1;
    let slot = mix(ring, position * LEAF_WORDS) & last;
    while (slots[slot] !== 0) slot = (slot + 1) & last;
    slots[slot] = position + 1;
  }

  // Backward shift: what stood behind in the same run moves up, so that no run is ever broken by a hole.
  function vacate(position: number): void {
    const last = slots.length - 1;
    let hole = mix(ring, position * LEAF_WORDS) & last;
    while (slots[hole] !== position + 1) hole = (hole + 1) & last;
    for (let slot = (hole + 1) & last; ; slot = (slot + 1) & last) {
      const here = slots[slot] as number;
      if (here === 0) break;
      const home = mix(ring, (here - 1) * LEAF_WORDS) & last;
      if (((slot - home) & last) < ((slot - hole) & last)) continue;
      slots[hole] = here;
      hole = slot;
    }
    slots[hole] = 0;
  }

  function growTo(enough: number): void {
    const from = { ringBytes, room };
    room = enough;
    ring = new Int32Array(room * LEAF_WORDS);
    ringBytes = new Uint8Array(ring.buffer);
    slots = new Int32Array(room * 2);
    for (let place = next - held; place < next; place += 1) {
      const at = (place % from.room) * LEAF_BYTES;
      ringBytes.set(from.ringBytes.subarray(at, at + LEAF_BYTES), (place % room) * LEAF_BYTES);
      occupy(place % room);
    }
  }

  function find(leaves: Uint8Array, at: number): number {
    for (let n = 0; n < LEAF_BYTES; n += 1) wantedBytes[n] = leaves[at + n] as number;
    const last = slots.length - 1;
    for (let slot = mix(wanted, 0) & last; ; slot = (slot + 1) & last) {
      const here = slots[slot] as number;
      if (here === 0) return -1;
      if (isWanted(here - 1)) return placeAt(here - 1);
    }
  }

  function isWanted(position: number): boolean {
    const start = position * LEAF_WORDS;
    for (let n = 0; n < LEAF_WORDS; n += 1) if (ring[start + n] !== wanted[n]) return false;
    return true;
  }

  // The one place among those held that falls on this position.
  function placeAt(position: number): number {
    const newest = next - 1;
    return newest - ((((newest - position) % room) + room) % room);
  }

  function add(leaves: Uint8Array, at: number): number {
    if (held === room && room < capacity) growTo(Math.min(capacity, room * 4));
    const place = next;
    const position = place % room;
    if (held === room) vacate(position);
    else held += 1;
    const start = position * LEAF_BYTES;
    for (let n = 0; n < LEAF_BYTES; n += 1) ringBytes[start + n] = leaves[at + n] as number;
    next = place + 1;
    occupy(position);
    return place;
  }

  function expect(leaves: number): void {
    let enough = room;
    while (enough < capacity && enough < held + leaves) enough *= 2;
    if (enough > room) growTo(enough);
  }

  function rollBack(size: number): void {
    while (next > size && held > 0) {
      next -= 1;
      held -= 1;
      vacate(next % room);
    }
    if (next > size) next = size;
  }

  function restart(place: number): void {
    slots.fill(0);
    held = 0;
    next = place;
  }

  return { next: () => next, held: () => held, find, add, expect, rollBack, restart };
}

// Multiplication by odd secrets over words of the leaf, the high bits folded down.
function mixer(secret: Uint8Array): (words: Int32Array, at: number) => number {
  const view = new DataView(secret.buffer, secret.byteOffset, 16);
  const odd = (at: number) => view.getInt32(at) | 1;
  const [one, two, three, four] = [odd(0), odd(4), odd(8), odd(12)];
  return (words, at) => {
    const mixed =
      Math.imul(words[at] as number, one) ^
      Math.imul(words[at + 2] as number, two) ^
      Math.imul(words[at + 4] as number, three);
    const folded = Math.imul(mixed ^ (mixed >>> 15), four);
    return (folded ^ (folded >>> 13)) >>> 0;
  };
}
