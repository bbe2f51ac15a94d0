import { type Transaction, transaction } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import { emit } from '@praya/kernel/outbox';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Change, type ChangeId, type DirectoryRefusal, EVENTS, type PersonId } from '../contract.ts';
import { type Decision, decided, withdrawn } from '../rules/decision.ts';
import { insertAudit } from '../store/audit.ts';
import { lockChange, saveDecision } from '../store/changes.ts';
import { saveChange } from '../store/save-change.ts';
import { type Room, withLock } from './room.ts';

/** Approves or declines a proposal; of two checkers at once one wins and the other hears that it was decided. */
export function decide(
  room: Room,
  decision: Decision & { id: ChangeId },
): Promise<Result<Change, DirectoryRefusal>> {
  const now = room.now();
  return withLock(room.db, async (tx, state) => {
    const change = await lockChange(tx, decision.id);
    if (change === undefined) return refuse('directory.change-unknown');
    const { production } = room;
    const at = { now, production, newOrganisationId: newId('org', now) };
    const result = decided(state, { change, decision }, at);
    if (!result.ok) return result;
    await saveDecision(tx, result.value.change);
    if (result.value.effect !== null) {
      await saveChange(tx, result.value.effect);
      const { organisationId } = result.value.effect;
      await emit(tx, { name: EVENTS.organisationChanged, at: now, organisationId });
    }
    await auditDecision(tx, result.value.change, now);
    return ok(result.value.change);
  });
}

/** Takes a proposal back. */
export function withdraw(
  room: Room,
  about: { id: ChangeId; by: PersonId },
): Promise<Result<Change, DirectoryRefusal>> {
  const now = room.now();
  return transaction(room.db, async (tx): Promise<Result<Change, DirectoryRefusal>> => {
    const change = await lockChange(tx, about.id);
    if (change === undefined) return refuse('directory.change-unknown');
    const result = withdrawn(change, { by: about.by, now });
    if (!result.ok) return result;
    await saveDecision(tx, result.value);
    await auditDecision(tx, result.value, now);
    return result;
  });
}

async function auditDecision(tx: Transaction, change: Change, at: Date): Promise<void> {
  const { organisationId, reason } = change;
  const detail = { change: change.id, kind: change.kind, reason, payload: change.payload };
  const who = change.decidedBy ?? change.madeBy;
  await insertAudit(tx, { at, who, what: `change.${change.state}`, organisationId, detail });
}
