import { newId } from '@praya/kernel/id';
import { expectValue } from '@praya/kernel/result';
import type { ChangeKind, CitySeed, OrganisationId, SeededOrganisation } from '../contract.ts';
import { applied } from './apply.ts';
import { changeFault, type ParsedChange, parseChange } from './change.ts';
import { type DirectoryState, EMPTY_STATE } from './state.ts';

/** What has to be done, in order, and the directory when it is done. */
export type SeedPlan = {
  readonly ids: Readonly<Record<string, OrganisationId>>;
  readonly changes: readonly ParsedChange[];
  readonly state: DirectoryState;
};

/**
 * The changes that make an empty directory the city's. A city may come with keys made before today.
 *
 * Errors  throws where a rule refuses something: a seed is a program's, not a person's
 */
export function seedPlan(
  city: CitySeed,
  about: { readonly now: Date; readonly production: boolean },
): SeedPlan {
  const ids: Record<string, OrganisationId> = {};
  const changes: ParsedChange[] = [];
  let state: DirectoryState = { ...EMPTY_STATE, purposes: city.purposes };
  for (const organisation of city.organisations) {
    const id = organisation.id ?? newId('org', about.now);
    ids[organisation.slug] = id;
    for (const change of changesOf(organisation, id)) {
      const refusal = changeFault(state, change, { ...about, madeAt: new Date(0) });
      if (refusal !== undefined) {
        const reason = [refusal.code, refusal.field, refusal.rule].join(' ');
        throw new Error(`The seed is refused: ${reason}`, { cause: { refusal, change } });
      }
      state = applied(state, change);
      changes.push(change);
    }
  }
  return { ids, changes, state };
}

function changesOf(organisation: SeededOrganisation, organisationId: OrganisationId): ParsedChange[] {
  const { slug, kind, name, connector, permits = [], keys = [], clients = [], officers = [] } = organisation;
  const steps: { kind: ChangeKind; payload: object }[] = [
    { kind: 'organisation.register', payload: { slug, kind, name } },
    ...permits.map((purpose) => ({ kind: 'purpose.permit' as const, payload: { purpose } })),
    ...(connector === undefined ? [] : [{ kind: 'connector.register' as const, payload: connector }]),
    ...keys.map((payload) => ({ kind: 'key.add' as const, payload })),
    ...clients.map((payload) => ({ kind: 'client.register' as const, payload })),
    ...officers.map((payload) => ({ kind: 'officer.appoint' as const, payload })),
  ];
  return steps.map((step) => expectValue(parseChange({ ...step, organisationId })));
}
