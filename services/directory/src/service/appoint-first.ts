import type { DatabasePool } from '@praya/kernel/database';
import { emit } from '@praya/kernel/outbox';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type DirectoryRefusal, EVENTS, type OrganisationId, type PersonId, type Role } from '../contract.ts';
import { changeFault, parseChange } from '../rules/change.ts';
import { canDecide } from '../rules/first-officers.ts';
import { insertAudit } from '../store/audit.ts';
import { saveChange } from '../store/save-change.ts';
import { withLock } from './room.ts';

/** An officer whom the operator's own shell appoints, before there are two who could decide it. */
export type FirstAppointment = {
  /** the organisation's slug */
  readonly organisation: string;
  readonly personId: PersonId;
  readonly roles: readonly Role[];
  readonly reason: string;
  /** the system account that did it, for the audit */
  readonly account: string;
};

/** Appoints an officer while there are not yet two who could decide it between them. */
export function appointFirst(
  db: DatabasePool,
  appointment: FirstAppointment,
  now: Date,
): Promise<Result<{ organisationId: OrganisationId }, DirectoryRefusal>> {
  const { organisation: slug, personId, roles, reason, account } = appointment;
  return withLock(
    db,
    async (tx, state): Promise<Result<{ organisationId: OrganisationId }, DirectoryRefusal>> => {
      if (canDecide(state)) return refuse('directory.officers-appointed');
      const organisation = state.organisations.find((one) => one.slug === slug);
      if (organisation === undefined) return refuse('directory.organisation-unknown');
      const organisationId = organisation.id;
      const payload = { personId, roles: [...roles] };
      const change = parseChange({ kind: 'officer.appoint', organisationId, payload });
      if (!change.ok) return change;
      const refusal = changeFault(state, change.value, { production: true, madeAt: now, now });
      if (refusal !== undefined) return { ok: false, refusal };
      await saveChange(tx, change.value);
      await emit(tx, { name: EVENTS.organisationChanged, at: now, organisationId });
      const detail = { personId, roles: payload.roles, reason, account };
      await insertAudit(tx, { at: now, who: 'shell', what: 'officer.appointed', organisationId, detail });
      return ok({ organisationId });
    },
  );
}
