import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

export type Random = {
  /** A whole number from 0 to 2^32 - 1. */
  next: () => number;
  /** A whole number from 0 to `limit` - 1. */
  below: (limit: number) => number;
  /** A whole number from `low` to `high`, both included. */
  between: (low: number, high: number) => number;
  /** True once in `times`, on average. */
  oneIn: (times: number) => boolean;
  pick: <T>(choices: readonly T[]) => T;
  /** A choice as often as its weight, a whole number, asks. */
  weighted: <T extends { readonly weight: number }>(choices: readonly T[]) => T;
};

/** sfc32 (Chris Doty-Humphrey, PractRand) in 32-bit integer steps, so every machine draws the same numbers. */
function sfc32(seed: Uint8Array): () => number {
  const words = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
  let a = words.getUint32(0);
  let b = words.getUint32(4);
  let c = words.getUint32(8);
  let counter = words.getUint32(12);
  return () => {
    const drawn = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + drawn) >>> 0;
    return drawn;
  };
}

function at<T>(choices: readonly T[], index: number): T {
  const choice = choices[index];
  if (choice === undefined) throw new RangeError('There is nothing to choose from');
  return choice;
}

function weighted<T extends { readonly weight: number }>(
  choices: readonly T[],
  below: (limit: number) => number,
): T {
  let rest = below(choices.reduce((sum, choice) => sum + choice.weight, 0));
  for (const choice of choices) {
    rest -= choice.weight;
    if (rest < 0) return choice;
  }
  throw new RangeError('The weights add up to nothing');
}

/** A stream of numbers that is a function of the seed alone. Not for secrets. */
export function seededRandom(seed: string): Random {
  const next = sfc32(sha256(utf8ToBytes(seed)));
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  return {
    next,
    below,
    between: (low, high) => low + below(high - low + 1),
    oneIn: (times) => below(times) === 0,
    pick: (choices) => at(choices, below(choices.length)),
    weighted: (choices) => weighted(choices, below),
  };
}

function reversed(number: number, digits: number): number {
  return Number([...String(number).padStart(digits, '0')].reverse().join(''));
}

/** A one-to-one map of 0 … 10^digits - 1 onto itself, so that drawn numbers never repeat. Digits: at most 7. */
export function seededPermutation(seed: string, digits: number): (index: number) => number {
  const size = 10 ** digits;
  const random = seededRandom(seed);
  const factor = random.below(size / 10) * 10 + random.pick([1, 3, 7, 9]);
  const shift = random.below(size);
  const stir = (number: number) => (number * factor + shift) % size;
  return (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new RangeError(`Only 0 to ${size - 1} can be numbered`);
    }
    return stir(reversed(stir(index), digits));
  };
}
