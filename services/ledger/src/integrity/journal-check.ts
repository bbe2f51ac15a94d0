import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { type JournalRow, splitEntries, splitHashes } from '../integration/journal.ts';
import type { Batch } from '../sequencer/sequencer.ts';
import { leafHashes } from '../sha256.ts';
import type { Findings } from './findings.ts';

/** The journal beside the tree: it has no gap, its hashes are those of its entries, and the tree has the same ones. */
export type JournalCheck = {
  /** The next leaves of the tree, one hash after the other. */
  compare(from: number, leaves: Uint8Array): Promise<void>;
  /** What the journal has beyond a place, in order; ends where it is not to be trusted. */
  beyond(place: number): AsyncGenerator<Batch>;
  /** Reads what is left and answers where the journal ends, an empty one with the tree; null when it has faults. */
  end(): Promise<number | null>;
};

type Row = {
  readonly first: number;
  readonly end: number;
  readonly hashes: Uint8Array;
  readonly batch: Batch | null;
};

export function checkJournal(
  log: { readonly origin: string; readonly treeSize: number; readonly findings: Findings },
  rows: AsyncGenerator<JournalRow>,
): JournalCheck {
  let current: Row | null = null;
  let end: number | null = null;
  let trusted = true;
  const advance = async (): Promise<Row | null> => {
    const { value, done } = await rows.next();
    current = done === true ? null : readRow(log, value);
    if (current === null) return null;
    // the beginning of the journal goes when it is in tiles; nothing else goes
    const gap = end === null ? current.first > log.treeSize : current.first !== end;
    if (gap) log.findings.add('journal-gap', end ?? log.treeSize);
    trusted &&= !gap && current.batch !== null;
    end = Math.max(end ?? 0, current.end);
    return current;
  };
  return {
    compare: async (from, leaves) => {
      const until = from + leaves.length / HASH_BYTES;
      let row = current ?? (await advance());
      while (row !== null && row.first < until) {
        trusted = agrees(log.findings, row, { from, leaves }) && trusted;
        if (row.end > until) return;
        row = await advance();
      }
    },
    beyond: async function* (place) {
      for (let row = current ?? (await advance()); row !== null; row = await advance()) {
        if (row.end <= place) continue;
        if (!trusted || row.batch === null) return;
        yield row.batch;
      }
    },
    end: async () => {
      while ((await advance()) !== null);
      return trusted ? (end ?? log.treeSize) : null;
    },
  };
}

function readRow(log: { readonly origin: string; readonly findings: Findings }, row: JournalRow): Row {
  const { first, leaves } = row;
  const count = Math.floor(leaves.length / HASH_BYTES);
  const entries = splitEntries(row.entries);
  const counted = entries?.length === count ? leafHashes(entries) : null;
  if (entries === null || counted === null || Buffer.compare(counted, leaves) !== 0) {
    log.findings.add('journal-changed', first + (counted === null ? 0 : firstDifference(counted, leaves)));
    return { first, end: first + count, hashes: leaves, batch: null };
  }
  const batch = { origin: log.origin, first, leaves: splitHashes(leaves), entries };
  return { first, end: first + count, hashes: leaves, batch };
}

/** Whether the row and the tree have the same leaves where they overlap; the first that is another is noted. */
function agrees(
  findings: Findings,
  row: Row,
  tree: { readonly from: number; readonly leaves: Uint8Array },
): boolean {
  const from = Math.max(row.first, tree.from);
  const until = Math.min(row.end, tree.from + tree.leaves.length / HASH_BYTES);
  if (until <= from) return true;
  const journal = row.hashes.subarray((from - row.first) * HASH_BYTES, (until - row.first) * HASH_BYTES);
  const leaves = tree.leaves.subarray((from - tree.from) * HASH_BYTES, (until - tree.from) * HASH_BYTES);
  if (Buffer.compare(journal, leaves) === 0) return true;
  findings.add('journal-changed', from + firstDifference(journal, leaves));
  return false;
}

function firstDifference(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at < 0 ? 0 : Math.floor(at / HASH_BYTES);
}
