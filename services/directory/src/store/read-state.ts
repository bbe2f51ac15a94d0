import type { Database } from '@praya/kernel/database';
import type { PublicEcKey } from '@praya/kernel/jwk';
import type { LocalisedText } from '@praya/kernel/language';
import type {
  ClientRegistration,
  ConnectorRegistration,
  Organisation,
  OrganisationId,
  OrganisationKey,
  OrganisationKind,
  PersonId,
  PurposeTemplate,
  Role,
} from '../contract.ts';
import type { DirectoryState, Office } from '../rules/state.ts';

type OrganisationRow = {
  id: OrganisationId;
  slug: string;
  kind: OrganisationKind;
  name: LocalisedText;
  connectorUrl: string | null;
  connectorRegistrar: boolean;
  suspendedAt: Date | null;
};
type KeyRow = {
  organisationId: string;
  kid: string;
  use: 'sig' | 'enc';
  jwk: PublicEcKey;
  validFrom: Date;
  validUntil: Date;
  revokedAt: Date | null;
};
type ClientRow = ClientRegistration & { organisationId: string };

/** How many things have taken effect so far. */
export async function readRevision(db: Database): Promise<number> {
  return revisionIn(await db<{ number: bigint }[]>`select number from revisions`);
}

/** The same, and nobody else makes anything take effect until this transaction ends. */
export async function lockRevision(tx: Database): Promise<number> {
  return revisionIn(await tx<{ number: bigint }[]>`select number from revisions for update`);
}

/** The whole directory. For one revision call it in the transaction that holds the lock, or in a snapshot. */
export async function readState(db: Database, revision: number): Promise<DirectoryState> {
  const [organisations, clients, keys, officers, purposes, permits] = await Promise.all([
    readOrganisations(db),
    readClients(db),
    readKeys(db),
    readOfficers(db),
    readPurposes(db),
    readPermits(db),
  ]);
  const joined = organisations.map((row): Organisation => {
    const { connectorUrl, connectorRegistrar, suspendedAt, ...rest } = row;
    return {
      ...rest,
      clients: clients.filter((one) => one.organisationId === row.id).map(withoutOwner),
      connector: connectorOf(row),
      keys: keys.filter((one) => one.organisationId === row.id).map(keyFrom),
      suspendedAt: suspendedAt?.toISOString() ?? null,
    };
  });
  return { revision, organisations: joined, officers, purposes, permits };
}

function readOrganisations(db: Database): Promise<OrganisationRow[]> {
  return db<OrganisationRow[]>`
    select id, slug, kind, name, connector_url as "connectorUrl", connector_registrar as "connectorRegistrar",
      suspended_at as "suspendedAt"
    from organisations order by id`;
}

function readClients(db: Database): Promise<ClientRow[]> {
  return db<ClientRow[]>`
    select organisation_id as "organisationId", client_id as "clientId", redirect_uris as "redirectUris",
      purposes, events_uri as "eventsUri"
    from clients order by client_id`;
}

function readKeys(db: Database): Promise<KeyRow[]> {
  return db<KeyRow[]>`
    select organisation_id as "organisationId", kid, use, jwk, valid_from as "validFrom",
      valid_until as "validUntil", revoked_at as "revokedAt"
    from keys order by valid_from, kid`;
}

async function readOfficers(db: Database): Promise<Office[]> {
  const rows = await db<{ personId: PersonId; organisationId: OrganisationId; roles: Role[] }[]>`
    select person_id as "personId", organisation_id as "organisationId", roles
    from officers order by person_id, organisation_id`;
  return [...rows];
}

async function readPurposes(db: Database): Promise<PurposeTemplate[]> {
  const rows = await db<PurposeTemplate[]>`
    select code, text, fields, max_per_day as "maxPerDay", max_life_days as "maxLifeDays",
      max_retention_days as "maxRetentionDays"
    from purposes order by code`;
  return [...rows];
}

async function readPermits(db: Database): Promise<{ organisationId: OrganisationId; purpose: string }[]> {
  const rows = await db<{ organisationId: OrganisationId; purpose: string }[]>`
    select organisation_id as "organisationId", purpose from permits order by organisation_id, purpose`;
  return [...rows];
}

function revisionIn([row]: readonly { number: bigint }[]): number {
  if (row === undefined) throw new Error('The directory has no revision');
  return Number(row.number);
}

function connectorOf(row: OrganisationRow): ConnectorRegistration | null {
  return row.connectorUrl === null ? null : { url: row.connectorUrl, registrar: row.connectorRegistrar };
}

function withoutOwner({ organisationId: _, ...client }: ClientRow): ClientRegistration {
  return client;
}

function keyFrom({ organisationId: _, ...row }: KeyRow): OrganisationKey {
  return {
    ...row,
    validFrom: row.validFrom.toISOString(),
    validUntil: row.validUntil.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
