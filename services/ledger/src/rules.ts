import { createHash } from 'node:crypto';
import type { Hasher } from '@praya/tlog/merkle-hash';
import { BATCH_MAX_BYTES, BATCH_MAX_ENTRIES, ENTRY_MAX_BYTES, type LedgerRefusal } from './contract.ts';

/** SHA-256 as the Merkle functions want it. */
export const hasher: Hasher = (bytes) => createHash('sha256').update(bytes).digest();

/** What keeps these entries out of a log; null when nothing does. */
export function entriesFault(entries: readonly Uint8Array[]): LedgerRefusal | null {
  if (entries.length === 0 || entries.length > BATCH_MAX_ENTRIES) return 'ledger.batch-size';
  let bytes = 0;
  for (const entry of entries) {
    if (entry.length === 0 || entry.length > ENTRY_MAX_BYTES) return 'ledger.entry-size';
    bytes += entry.length;
  }
  return bytes > BATCH_MAX_BYTES ? 'ledger.batch-size' : null;
}
