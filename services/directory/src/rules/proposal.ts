import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Change, ChangeKind, DirectoryRefusal, OrganisationId, PersonId } from '../contract.ts';
import { type ParsedChange, parseChange } from './change.ts';

/** What an officer would like to change. */
export type Proposal = {
  kind: ChangeKind;
  organisationId: OrganisationId | null;
  payload: object;
  madeBy: PersonId;
};

/** The proposal as a change, its payload parsed. A new organisation has no id before it is approved. */
export function prepare(
  proposal: Proposal,
  now: Date,
): Result<{ change: Change; parsed: ParsedChange }, DirectoryRefusal> {
  const { kind, madeBy } = proposal;
  const isNew = kind === 'organisation.register';
  if (proposal.organisationId === null && !isNew) return refuse('directory.organisation-unknown');
  const organisationId = isNew ? null : proposal.organisationId;
  const about = organisationId ?? newId('org', now);
  const parsed = parseChange({ kind, organisationId: about, payload: proposal.payload });
  if (!parsed.ok) return parsed;
  const change: Change = {
    id: newId('chg', now),
    kind,
    organisationId,
    payload: { ...parsed.value.payload },
    state: 'proposed',
    madeBy,
    madeAt: now.toISOString(),
    decidedBy: null,
    decidedAt: null,
    reason: null,
  };
  return ok({ change, parsed: parsed.value });
}
