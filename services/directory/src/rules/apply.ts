import type { Organisation } from '../contract.ts';
import type { ParsedChange } from './change.ts';
import type { DirectoryState } from './state.ts';

/** The directory after an approved change. */
export function applied(state: DirectoryState, change: ParsedChange): DirectoryState {
  const next = { ...state, revision: state.revision + 1 };
  const { organisationId } = change;
  switch (change.kind) {
    case 'organisation.register': {
      const fresh = { id: organisationId, clients: [], connector: null, keys: [], suspendedAt: null };
      return { ...next, organisations: [...state.organisations, { ...fresh, ...change.payload }] };
    }
    case 'organisation.reinstate':
      return withOrganisation(next, organisationId, (one) => ({ ...one, suspendedAt: null }));
    case 'client.register':
      return withOrganisation(next, organisationId, (one) => {
        const others = one.clients.filter((client) => client.clientId !== change.payload.clientId);
        return { ...one, clients: [...others, change.payload] };
      });
    case 'connector.register':
      return withOrganisation(next, organisationId, (one) => ({ ...one, connector: change.payload }));
    case 'key.add':
      return withOrganisation(next, organisationId, (one) => {
        return { ...one, keys: [...one.keys, { ...change.payload, revokedAt: null }] };
      });
    case 'officer.appoint': {
      const { personId, roles } = change.payload;
      const others = withoutOffice(state, organisationId, personId);
      return { ...next, officers: [...others, { personId, organisationId, roles }] };
    }
    case 'purpose.permit': {
      const { purpose } = change.payload;
      const others = state.permits.filter(
        (one) => one.organisationId !== organisationId || one.purpose !== purpose,
      );
      return { ...next, permits: [...others, { organisationId, purpose }] };
    }
  }
}

/** The directory with one organisation altered. */
export function withOrganisation(
  state: DirectoryState,
  id: string,
  alter: (organisation: Organisation) => Organisation,
): DirectoryState {
  return { ...state, organisations: state.organisations.map((one) => (one.id === id ? alter(one) : one)) };
}

/** All offices but one. */
export function withoutOffice(
  state: DirectoryState,
  organisationId: string,
  personId: string,
): DirectoryState['officers'] {
  return state.officers.filter((one) => one.organisationId !== organisationId || one.personId !== personId);
}
