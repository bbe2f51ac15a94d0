import type { Database } from '@praya/kernel/database';
import type { Outcome } from './converse.ts';
import { readViews, saveViews, type View } from './store.ts';

/** What a log knows of its witnesses: in memory, and in the database for the next holder. */
export type Views = {
  /** the tree that the witness has cosigned last; 0 when nothing is known */
  sizeOf(witness: string): number;
  /** the newest cosignature of the witness; null when there was none. Units: seconds since 1970 */
  cosignedAt(witness: string): number | null;
  heard(outcome: Outcome, at: Date): void;
  /** Writes what was heard since the last time. */
  save(db: Database): Promise<void>;
};

export async function loadViews(db: Database, origin: string): Promise<Views> {
  const views = new Map((await readViews(db, origin)).map((view) => [view.witness, view]));
  const changed = new Set<string>();
  return {
    sizeOf: (witness) => views.get(witness)?.size ?? 0,
    cosignedAt: (witness) => {
      const at = views.get(witness)?.cosignedAt ?? null;
      return at === null ? null : Math.floor(at.getTime() / 1000);
    },
    heard: (outcome, at) => {
      const { name } = outcome.witness;
      views.set(name, viewAfter(views.get(name), outcome, at));
      changed.add(name);
    },
    save: async (db) => {
      const rows = [...changed].flatMap((name) => views.get(name) ?? []);
      changed.clear();
      await saveViews(db, origin, rows);
    },
  };
}

function viewAfter(before: View | undefined, outcome: Outcome, at: Date): View {
  const newest = Math.max(...outcome.cosignatures.map(({ timestamp }) => timestamp));
  return {
    witness: outcome.witness.name,
    size: outcome.size ?? before?.size ?? 0,
    // a date past the year 9999 is no date of the database's
    cosignedAt:
      newest > 0 && newest < 253_402_300_800 ? new Date(newest * 1000) : (before?.cosignedAt ?? null),
    trouble: outcome.trouble,
    askedAt: at,
  };
}
