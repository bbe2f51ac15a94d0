import type { Database, Json } from '@praya/kernel/database';
import type { Change, ChangeId, ChangeState } from '../contract.ts';

type ChangeRow = Omit<Change, 'madeAt' | 'decidedAt'> & { madeAt: Date; decidedAt: Date | null };

/** Keeps a proposal. */
export async function insertChange(tx: Database, change: Change): Promise<void> {
  await tx`
    insert into changes (id, kind, organisation_id, payload, state, made_by, made_at)
    values (${change.id}, ${change.kind}, ${change.organisationId}, ${tx.json(change.payload as Json)},
      ${change.state}, ${change.madeBy}, ${change.madeAt})`;
}

/** A change, which nobody else may decide until this transaction ends. */
export async function lockChange(tx: Database, id: ChangeId): Promise<Change | undefined> {
  const [row] = await tx<ChangeRow[]>`select ${columns(tx)} from changes where id = ${id} for update`;
  return row === undefined ? undefined : changeFrom(row);
}

/** Keeps what was decided. */
export async function saveDecision(tx: Database, change: Change): Promise<void> {
  await tx`
    update changes set state = ${change.state}, decided_by = ${change.decidedBy},
      decided_at = ${change.decidedAt}, reason = ${change.reason}, organisation_id = ${change.organisationId}
    where id = ${change.id}`;
}

/** Changes, newest first, before a given one. */
export async function listChanges(
  db: Database,
  page: {
    state: ChangeState | null;
    after: string | null;
    limit: number;
    organisations: readonly string[] | null;
  },
): Promise<Change[]> {
  const { state, after, limit, organisations } = page;
  const rows = await db<ChangeRow[]>`
    select ${columns(db)} from changes
    where (${state}::text is null or state = ${state})
      and (${after}::text is null or id < ${after})
      and (${organisations === null} or organisation_id = any(${[...(organisations ?? [])]}::text[]))
    order by id desc limit ${limit}`;
  return rows.map(changeFrom);
}

function columns(db: Database) {
  return db`id, kind, organisation_id as "organisationId", payload, state, made_by as "madeBy",
    made_at as "madeAt", decided_by as "decidedBy", decided_at as "decidedAt", reason`;
}

function changeFrom(row: ChangeRow): Change {
  return { ...row, madeAt: row.madeAt.toISOString(), decidedAt: row.decidedAt?.toISOString() ?? null };
}
