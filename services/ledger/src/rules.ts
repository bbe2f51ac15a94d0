import { BATCH_MAX_BYTES, BATCH_MAX_ENTRIES, ENTRY_MAX_BYTES, type LedgerRefusal } from './contract.ts';

/** What keeps the entries of one call out of a log; null when nothing does. None at all is the caller's affair. */
export function entriesFault(entries: readonly Uint8Array[]): LedgerRefusal | null {
  if (entries.length > BATCH_MAX_ENTRIES) return 'ledger.batch-size';
  let bytes = 0;
  for (const entry of entries) {
    if (entry.length === 0 || entry.length > ENTRY_MAX_BYTES) return 'ledger.entry-size';
    bytes += entry.length;
  }
  return bytes > BATCH_MAX_BYTES ? 'ledger.batch-size' : null;
}
