import { transaction } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Change, DirectoryRefusal } from '../contract.ts';
import { changeFault } from '../rules/change.ts';
import { proposingFault } from '../rules/office.ts';
import { type Proposal, prepare } from '../rules/proposal.ts';
import { insertAudit } from '../store/audit.ts';
import { insertChange } from '../store/changes.ts';
import type { Room } from './room.ts';

/** Keeps a proposal that would be taken today; it has no effect until another officer approves it. */
export async function propose(room: Room, proposal: Proposal): Promise<Result<Change, DirectoryRefusal>> {
  const now = room.now();
  const state = await room.state();
  const prepared = prepare(proposal, now);
  if (!prepared.ok) return prepared;
  const mayNot = proposingFault(state, proposal.madeBy, proposal);
  if (mayNot !== undefined) return refuse(mayNot);
  const fault = changeFault(state, prepared.value.parsed, { ...room, madeAt: now, now });
  if (fault !== undefined) return { ok: false, refusal: fault };
  const { change } = prepared.value;
  await transaction(room.db, async (tx) => {
    await insertChange(tx, change);
    const detail = { change: change.id, kind: change.kind };
    const { organisationId } = change;
    await insertAudit(tx, { at: now, who: change.madeBy, what: 'change.proposed', organisationId, detail });
  });
  return ok(change);
}
