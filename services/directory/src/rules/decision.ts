import { ok, type Refusal, type Result, refuse } from '@praya/kernel/result';
import type { Change, DirectoryRefusal, OrganisationId, PersonId } from '../contract.ts';
import { changeFault, type ParsedChange, parseChange } from './change.ts';
import { decidingFault } from './office.ts';
import type { DirectoryState } from './state.ts';
import type { Surroundings } from './uri.ts';

/** What an officer says of a proposal. */
export type Decision = {
  readonly decidedBy: PersonId;
  readonly approve: boolean;
  readonly reason: string | null;
};

/** The change as decided, and what then takes effect: nothing where it was declined. */
export type Decided = { readonly change: Change; readonly effect: ParsedChange | null };

/** Holds a decision against the four-eyes rule and, where it approves, the change against the directory of this moment. */
export function decided(
  state: DirectoryState,
  about: { readonly change: Change; readonly decision: Decision },
  at: Surroundings & { readonly now: Date; readonly newOrganisationId: OrganisationId },
): Result<Decided, DirectoryRefusal> {
  const { change, decision } = about;
  const mayNot = decidingFault(state, decision.decidedBy, change);
  if (mayNot !== undefined) return refuse(mayNot);
  if (change.state !== 'proposed') return refuse('directory.change-decided');
  if (change.madeBy === decision.decidedBy) return refuse('directory.checker-is-maker');
  const { decidedBy, reason } = decision;
  const after = { ...change, decidedBy, decidedAt: at.now.toISOString(), reason };
  if (!decision.approve) return ok({ change: { ...after, state: 'declined' }, effect: null });
  const organisationId = change.organisationId ?? at.newOrganisationId;
  const parsed = parseChange({ kind: change.kind, organisationId, payload: change.payload });
  if (!parsed.ok) return parsed;
  const fault: Refusal<DirectoryRefusal> | undefined = changeFault(state, parsed.value, {
    ...at,
    madeAt: new Date(change.madeAt),
  });
  if (fault !== undefined) return { ok: false, refusal: fault };
  return ok({ change: { ...after, state: 'approved', organisationId }, effect: parsed.value });
}

/** A proposal taken back by its maker. */
export function withdrawn(
  change: Change,
  about: { readonly by: PersonId; readonly now: Date },
): Result<Change, DirectoryRefusal> {
  if (change.madeBy !== about.by) return refuse('directory.not-your-change');
  if (change.state !== 'proposed') return refuse('directory.change-decided');
  return ok({ ...change, state: 'withdrawn', decidedBy: about.by, decidedAt: about.now.toISOString() });
}
