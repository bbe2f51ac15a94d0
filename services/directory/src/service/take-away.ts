import { emit } from '@praya/kernel/outbox';
import { ok, type Result, refuse } from '@praya/kernel/result';
import {
  type DirectoryRefusal,
  EVENTS,
  type Organisation,
  type OrganisationKey,
  type PersonId,
  type Withdrawal,
} from '../contract.ts';
import { guardingFault } from '../rules/office.ts';
import { organisationIn } from '../rules/state.ts';
import { insertAudit } from '../store/audit.ts';
import { deleteOfficer, saveRevocation, saveSuspension } from '../store/save-change.ts';
import { type Room, withLock } from './room.ts';

/** Ends trust in a key from now on. */
export function revokeKey(
  room: Room,
  about: Withdrawal & { kid: string },
): Promise<Result<OrganisationKey, DirectoryRefusal>> {
  const { organisationId, kid, by } = about;
  const at = room.now();
  return withLock(room.db, async (tx, state): Promise<Result<OrganisationKey, DirectoryRefusal>> => {
    const mayNot = guardingFault(state, by, { organisationId, own: true });
    if (mayNot !== undefined) return refuse(mayNot);
    const key = organisationIn(state, organisationId)?.keys.find((one) => one.kid === kid);
    if (key === undefined) return refuse('directory.key-unknown');
    if (key.revokedAt !== null) return ok(key);
    await saveRevocation(tx, kid, at);
    await emit(tx, { name: EVENTS.keyRevoked, at, organisationId, kid });
    const detail = { kid, reason: about.reason ?? null };
    await insertAudit(tx, { at, who: by, what: 'key.revoked', organisationId, detail });
    return ok({ ...key, revokedAt: at.toISOString() });
  });
}

/** Stops an organisation. */
export function suspend(room: Room, about: Withdrawal): Promise<Result<Organisation, DirectoryRefusal>> {
  const { organisationId, by } = about;
  const at = room.now();
  return withLock(room.db, async (tx, state): Promise<Result<Organisation, DirectoryRefusal>> => {
    const mayNot = guardingFault(state, by, { organisationId, own: false });
    if (mayNot !== undefined) return refuse(mayNot);
    const organisation = organisationIn(state, organisationId);
    if (organisation === undefined) return refuse('directory.organisation-unknown');
    if (organisation.suspendedAt !== null) return ok(organisation);
    await saveSuspension(tx, organisationId, at);
    await emit(tx, { name: EVENTS.organisationChanged, at, organisationId });
    const detail = { reason: about.reason ?? null };
    await insertAudit(tx, { at, who: by, what: 'organisation.suspended', organisationId, detail });
    return ok({ ...organisation, suspendedAt: at.toISOString() });
  });
}

/** Takes an officer's roles away. */
export function dismissOfficer(
  room: Room,
  about: Withdrawal & { personId: PersonId },
): Promise<Result<null, DirectoryRefusal>> {
  const { organisationId, personId, by } = about;
  const at = room.now();
  return withLock(room.db, async (tx, state): Promise<Result<null, DirectoryRefusal>> => {
    const mayNot = guardingFault(state, by, { organisationId, own: true });
    if (mayNot !== undefined) return refuse(mayNot);
    const office = state.officers.find(
      (one) => one.organisationId === organisationId && one.personId === personId,
    );
    if (office === undefined) return refuse('directory.officer-unknown');
    await deleteOfficer(tx, { organisationId, personId });
    await emit(tx, { name: EVENTS.organisationChanged, at, organisationId });
    const detail = { personId, roles: office.roles, reason: about.reason ?? null };
    await insertAudit(tx, { at, who: by, what: 'officer.dismissed', organisationId, detail });
    return ok(null);
  });
}
