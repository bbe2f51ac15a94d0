import type {
  ClientRegistration,
  Organisation,
  OrganisationId,
  PersonId,
  PurposeTemplate,
  Role,
} from '../contract.ts';

/** An office: this person, in this organisation, may do this. */
export type Office = {
  readonly personId: PersonId;
  readonly organisationId: OrganisationId;
  readonly roles: readonly Role[];
};

/** The whole directory at one revision. It is small: who there is, not what they do. */
export type DirectoryState = {
  readonly revision: number;
  /** by id; clients name the purposes they registered, permitted or not */
  readonly organisations: readonly Organisation[];
  readonly permits: readonly { readonly organisationId: OrganisationId; readonly purpose: string }[];
  readonly purposes: readonly PurposeTemplate[];
  readonly officers: readonly Office[];
};

export const EMPTY_STATE: DirectoryState = {
  revision: 0,
  organisations: [],
  permits: [],
  purposes: [],
  officers: [],
};

/** The organisation as others see it: a client may ask for what it registered and its organisation is permitted. */
export function organisationIn(state: DirectoryState, id: string): Organisation | undefined {
  const organisation = state.organisations.find((one) => one.id === id);
  return organisation === undefined ? undefined : asPermitted(state, organisation);
}

/** The organisation that has a client of this name. */
export function organisationOfClientIn(state: DirectoryState, clientId: string): Organisation | undefined {
  const owner = state.organisations.find((one) => hasClient(one, clientId));
  return owner === undefined ? undefined : asPermitted(state, owner);
}

/** The organisation that keeps the register of persons. */
export function registrarIn(state: DirectoryState): Organisation | undefined {
  const registrar = state.organisations.find(
    (one) => one.connector?.registrar === true && one.suspendedAt === null,
  );
  return registrar === undefined ? undefined : asPermitted(state, registrar);
}

/** Organisations by id after a given one, those whose name in any language or slug contains the words. */
export function searchIn(
  state: DirectoryState,
  page: { after?: string; limit: number; search?: string },
): Organisation[] {
  const words = (page.search ?? '').trim().toLowerCase();
  return state.organisations
    .filter((one) => one.id > (page.after ?? ''))
    .filter((one) =>
      [one.slug, ...Object.values(one.name)].some((text) => text.toLowerCase().includes(words)),
    )
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .slice(0, page.limit)
    .map((one) => asPermitted(state, one));
}

/** The offices of a person in organisations that are not suspended. */
export function officesIn(state: DirectoryState, personId: string): Office[] {
  const suspended = new Set(
    state.organisations.filter((one) => one.suspendedAt !== null).map((one) => one.id as string),
  );
  return state.officers.filter(
    (office) => office.personId === personId && !suspended.has(office.organisationId),
  );
}

export function hasClient(organisation: Organisation, clientId: string): boolean {
  return organisation.clients.some((client) => client.clientId === clientId);
}

function asPermitted(state: DirectoryState, organisation: Organisation): Organisation {
  const permitted = new Set(
    state.permits.filter((one) => one.organisationId === organisation.id).map((one) => one.purpose),
  );
  const clients = organisation.clients.map((client): ClientRegistration => {
    return { ...client, purposes: client.purposes.filter((purpose) => permitted.has(purpose)) };
  });
  return { ...organisation, clients };
}
