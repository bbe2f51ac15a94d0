import { found, refused, type TlogResult } from './result.ts';
import { TILE_WIDTH } from './tiles.ts';

/** The longest entry that fits a bundle. Units: bytes. */
export const ENTRY_MAX_BYTES = 0xffff;

/**
 * The bytes of an entry bundle.
 *
 * Shape   for each entry its length as a big-endian uint16, then the entry
 * Errors  throws on an entry longer than 65 535 bytes
 * Source  C2SP tlog-tiles, “Log entries”
 */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > ENTRY_MAX_BYTES)
      throw new RangeError(`An entry of ${entry.length} bytes fits no bundle`);
    bytes[at] = entry.length >> 8;
    bytes[at + 1] = entry.length & 0xff;
    bytes.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bytes;
}

/**
 * The entries of a bundle.
 *
 * Errors  tlog.bundle-malformed: cut short, or not between 1 and `most` entries; a log's own bundles have 256 at most
 */
export function decodeEntries(bytes: Uint8Array, most = TILE_WIDTH): TlogResult<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const high = bytes[at];
    const low = bytes[at + 1];
    if (high === undefined || low === undefined) return refused('tlog.bundle-malformed');
    const until = at + 2 + high * 256 + low;
    if (until > bytes.length || entries.length === most) return refused('tlog.bundle-malformed');
    entries.push(bytes.subarray(at + 2, until));
    at = until;
  }
  return entries.length > 0 ? found(entries) : refused('tlog.bundle-malformed');
}
