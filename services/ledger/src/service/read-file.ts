import type { Database } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { parseTilePath, TILE_WIDTH } from '@praya/tlog/tiles';
import type { LedgerRefusal, LogFile } from '../contract.ts';
import { readEntries, readTiles } from '../store.ts';

/** A tile or an entry bundle by its canonical path; a narrower one than is stored is its beginning. */
export async function readFile(db: Database, path: string): Promise<Result<LogFile, LedgerRefusal>> {
  const parsed = parseTilePath(path);
  if (!parsed.ok) return refuse('ledger.tile-unknown');
  const { level, index, width } = parsed.value;
  const full = width === TILE_WIDTH;
  if (level === 'entries') {
    const entries = await readEntries(db, { from: index * TILE_WIDTH, limit: width });
    if (entries.length < width) return refuse('ledger.tile-unknown');
    return ok({ bytes: encodeEntries(entries.map((entry) => entry.commitment)), full });
  }
  const [tile] = await readTiles(db, [{ level, index }]);
  if (tile === undefined || tile.hashes.length < width * HASH_BYTES) return refuse('ledger.tile-unknown');
  return ok({ bytes: tile.hashes.subarray(0, width * HASH_BYTES), full });
}
