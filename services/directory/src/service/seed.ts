import { type DatabasePool, transaction } from '@praya/kernel/database';
import type { CitySeed, OrganisationId } from '../contract.ts';
import { seedPlan } from '../rules/seed.ts';
import { insertAudit } from '../store/audit.ts';
import { lockRevision } from '../store/read-state.ts';
import { insertPurpose, saveChange } from '../store/save-change.ts';

/** Fills an empty directory, in one transaction. */
export function seed(
  db: DatabasePool,
  city: CitySeed,
  about: { readonly now: Date; readonly production: boolean },
): Promise<Readonly<Record<string, OrganisationId>>> {
  const { ids, changes } = seedPlan(city, about);
  return transaction(db, async (tx) => {
    if ((await lockRevision(tx)) !== 0) throw new Error('Only an empty directory is seeded');
    for (const purpose of city.purposes) await insertPurpose(tx, purpose);
    for (const change of changes) {
      await saveChange(tx, change);
      const { kind, organisationId, payload } = change;
      const entry = { at: about.now, who: 'seed', what: 'change.approved', organisationId };
      await insertAudit(tx, { ...entry, detail: { kind, payload } });
    }
    return ids;
  });
}
