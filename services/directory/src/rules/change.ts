import { ok, type Refusal, type Result, refuse } from '@praya/kernel/result';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import {
  CHANGE_PAYLOADS,
  type ChangeKind,
  type ClientRegistration,
  type DirectoryRefusal,
  type Organisation,
  type OrganisationId,
  type Role,
} from '../contract.ts';
import { keyCollision, keyFault } from './key.ts';
import { rolesFault } from './office.ts';
import { type DirectoryState, hasClient } from './state.ts';
import { type Surroundings, uriFault } from './uri.ts';

type Fault = Refusal<DirectoryRefusal> | undefined;
type PayloadOf<K extends ChangeKind> = K extends 'officer.appoint'
  ? Omit<Static<(typeof CHANGE_PAYLOADS)[K]>, 'roles'> & { roles: readonly Role[] }
  : K extends 'organisation.register'
    ? Pick<Organisation, 'slug' | 'kind' | 'name'>
    : Static<(typeof CHANGE_PAYLOADS)[K]>;

/** A change whose payload fits its kind. */
export type ParsedChange = {
  [K in ChangeKind]: {
    readonly kind: K;
    /** that the change is about; a new organisation has its id already */
    readonly organisationId: OrganisationId;
    readonly payload: PayloadOf<K>;
  };
}[ChangeKind];

/** Holds a payload against the schema of its kind. */
export function parseChange(about: {
  readonly kind: ChangeKind;
  readonly organisationId: OrganisationId;
  readonly payload: unknown;
}): Result<ParsedChange, DirectoryRefusal> {
  const schema = CHANGE_PAYLOADS[about.kind];
  if (Value.Check(schema, about.payload)) return ok(normal(about as ParsedChange));
  const [fault] = Value.Errors(schema, about.payload);
  const missing = fault?.keyword === 'required' ? `/${fault.params.requiredProperties[0] ?? ''}` : '';
  const field = `payload${fault?.instancePath ?? ''}${missing}`;
  return refuse('directory.change-invalid', { field, rule: fault?.keyword ?? 'schema' });
}

/** Why the directory as it is does not take this change; undefined where it does. Asked when it is proposed and when it is approved. */
export function changeFault(
  state: DirectoryState,
  change: ParsedChange,
  about: Surroundings & { readonly madeAt: Date; readonly now: Date },
): Fault {
  const organisation = state.organisations.find((one) => one.id === change.organisationId);
  if (change.kind === 'organisation.register') {
    const taken = state.organisations.some((one) => one.slug === change.payload.slug);
    return taken ? { code: 'directory.slug-taken', field: 'slug', rule: 'unique' } : undefined;
  }
  if (organisation === undefined) return { code: 'directory.organisation-unknown' };
  if (organisation.suspendedAt !== null && change.kind !== 'organisation.reinstate')
    return { code: 'directory.organisation-suspended' };
  switch (change.kind) {
    case 'client.register':
      return clientFault(state, change.payload, { ...about, organisation });
    case 'connector.register':
      return connectorFault(state, change.payload, { ...about, organisation });
    case 'key.add':
      return keyFault(change.payload, about) ?? keyCollision(change.payload, state, organisation.id);
    case 'officer.appoint': {
      const code = rolesFault(state, organisation.id, change.payload.roles);
      return code === undefined ? undefined : { code, field: 'roles', rule: 'operator-only' };
    }
    case 'purpose.permit':
      return purposesFault(state, [change.payload.purpose], 'purpose');
    case 'organisation.reinstate':
      return undefined;
  }
}

function clientFault(
  state: DirectoryState,
  client: ClientRegistration,
  about: Surroundings & { organisation: Organisation },
): Fault {
  const owner = state.organisations.find((one) => hasClient(one, client.clientId));
  if (owner !== undefined && owner.id !== about.organisation.id)
    return { code: 'directory.client-taken', field: 'clientId', rule: 'unique' };
  for (const [at, uri] of client.redirectUris.entries()) {
    const rule = uriFault(uri, about);
    if (rule !== undefined) return { code: 'directory.redirect-uri', field: `redirectUris/${at}`, rule };
  }
  const rule = client.eventsUri === null ? undefined : uriFault(client.eventsUri, about);
  if (rule !== undefined) return { code: 'directory.redirect-uri', field: 'eventsUri', rule };
  return purposesFault(state, client.purposes, 'purposes');
}

function connectorFault(
  state: DirectoryState,
  connector: { url: string; registrar: boolean },
  about: Surroundings & { organisation: Organisation },
): Fault {
  const rule = uriFault(connector.url, about) ?? (connector.url.includes('?') ? 'query' : undefined);
  if (rule !== undefined) return { code: 'directory.redirect-uri', field: 'url', rule };
  const other = state.organisations.find(
    (one) => one.connector?.registrar === true && one.id !== about.organisation.id,
  );
  return connector.registrar && other !== undefined
    ? { code: 'directory.registrar-taken', field: 'registrar', rule: 'one-only' }
    : undefined;
}

function purposesFault(state: DirectoryState, codes: readonly string[], field: string): Fault {
  const known = codes.every((code) => state.purposes.some((purpose) => purpose.code === code));
  return known ? undefined : { code: 'directory.purpose-unknown', field, rule: 'known' };
}

// Instants in one spelling, so that they compare and hash alike.
function normal(change: ParsedChange): ParsedChange {
  if (change.kind !== 'key.add') return change;
  const validFrom = new Date(change.payload.validFrom).toISOString();
  const validUntil = new Date(change.payload.validUntil).toISOString();
  return { ...change, payload: { ...change.payload, validFrom, validUntil } };
}
