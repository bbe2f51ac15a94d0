/**
 * What a watcher looks for.
 *
 * Shape   `beginning` in hexadecimal, 8 digits at least, 64 for a whole hash; `denied` is an alarm when it appears
 */
export type Watched = { readonly beginning: string; readonly name: string; readonly denied: boolean };

/** An entry that was looked for. `hash` is its leaf hash in hexadecimal. */
export type Sighting = {
  readonly index: number;
  readonly hash: string;
  readonly name: string;
  readonly denied: boolean;
};

/** Says which of the watched an entry is. */
export type Watch = (about: {
  readonly index: number;
  readonly entry: Uint8Array | null;
  readonly hash: Uint8Array;
}) => readonly Sighting[];

const HASH_DIGITS = 64;
const HASH_BYTES = 32;

/**
 * Reads a watch list.
 *
 * Shape   a line each: `[deny] <hash, or the beginning of one followed by *> [name]`; hexadecimal, a whole hash also
 *         in base64; `#` begins a remark. A hash is a leaf hash, or the entry itself where that has 32 bytes
 * Errors  throws on a line that is neither, with its number
 */
export function parseWatchList(text: string): readonly Watched[] {
  return text.split('\n').flatMap((line, at) => {
    const words = line.trim().split(/[ \t]+/);
    if (words[0] === '' || words[0]?.startsWith('#')) return [];
    const denied = words[0] === 'deny';
    const [hash = '', ...name] = denied ? words.slice(1) : words;
    const beginning = beginningOf(hash);
    if (beginning === null) throw new Error(`Watch list, line ${at + 1}: ${hash} is no hash`);
    return [{ beginning, name: name.join(' ') || hash, denied }];
  });
}

function beginningOf(word: string): string | null {
  if (/^[0-9a-f]{64}$/i.test(word)) return word.toLowerCase();
  if (/^[0-9a-f]{8,63}\*$/i.test(word)) return word.slice(0, -1).toLowerCase();
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(word) ? Buffer.from(word, 'base64') : null;
  return bytes?.length === HASH_BYTES ? bytes.toString('hex') : null;
}

/** A watch over entries. Whole hashes are found by one look, beginnings by one comparison each. */
export function createWatch(list: readonly Watched[]): Watch {
  const whole = Map.groupBy(
    list.filter(({ beginning }) => beginning.length === HASH_DIGITS),
    ({ beginning }) => beginning,
  );
  const beginnings = list.filter(({ beginning }) => beginning.length < HASH_DIGITS);
  const match = (hex: string) => [
    ...(whole.get(hex) ?? []),
    ...beginnings.filter(({ beginning }) => hex.startsWith(beginning)),
  ];
  return ({ index, entry, hash }) => {
    if (list.length === 0) return [];
    const hex = Buffer.from(hash).toString('hex');
    const matched = new Set(match(hex));
    if (entry?.length === HASH_BYTES)
      for (const one of match(Buffer.from(entry).toString('hex'))) matched.add(one);
    return [...matched].map(({ name, denied }) => ({ index, hash: hex, name, denied }));
  };
}
