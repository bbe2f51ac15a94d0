import type { Database, Json } from '@praya/kernel/database';

/** Who did what, when, to whom. `who` is a person's id, `seed`, or `shell` for the operator's own machine. */
export type AuditEntry = {
  readonly at: Date;
  readonly who: string;
  readonly what: string;
  readonly organisationId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Writes it down for good, in the transaction of what was done. */
export async function insertAudit(tx: Database, entry: AuditEntry): Promise<void> {
  await tx`
    insert into audit (at, who, what, organisation_id, detail)
    values (${entry.at}, ${entry.who}, ${entry.what}, ${entry.organisationId}, ${tx.json(entry.detail as Json)})`;
}
