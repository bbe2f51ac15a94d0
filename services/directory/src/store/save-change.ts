import type { Database, Json } from '@praya/kernel/database';
import { thumbprint } from '@praya/kernel/jwk';
import type { ClientRegistration, OrganisationKey, PurposeTemplate, Role } from '../contract.ts';
import type { ParsedChange } from '../rules/change.ts';

/** Makes an approved change take effect and counts it. */
export async function saveChange(tx: Database, change: ParsedChange): Promise<void> {
  const { organisationId } = change;
  switch (change.kind) {
    case 'organisation.register': {
      const { slug, kind, name } = change.payload;
      await tx`insert into organisations (id, slug, kind, name)
        values (${organisationId}, ${slug}, ${kind}, ${tx.json(name)})`;
      break;
    }
    case 'organisation.reinstate':
      await tx`update organisations set suspended_at = null where id = ${organisationId}`;
      break;
    case 'client.register':
      await saveClient(tx, organisationId, change.payload);
      break;
    case 'connector.register':
      await tx`update organisations set connector_url = ${change.payload.url},
        connector_registrar = ${change.payload.registrar} where id = ${organisationId}`;
      break;
    case 'key.add':
      await insertKey(tx, organisationId, change.payload);
      break;
    case 'officer.appoint':
      await saveOfficer(tx, { organisationId, ...change.payload });
      break;
    case 'purpose.permit':
      await tx`insert into permits (organisation_id, purpose) values (${organisationId}, ${change.payload.purpose})
        on conflict do nothing`;
      break;
  }
  await countRevision(tx);
}

/** Suspends an organisation; its first instant stays. */
export async function saveSuspension(tx: Database, organisationId: string, at: Date): Promise<void> {
  await tx`update organisations set suspended_at = coalesce(suspended_at, ${at}) where id = ${organisationId}`;
  await countRevision(tx);
}

/** Ends trust in a key. */
export async function saveRevocation(tx: Database, kid: string, at: Date): Promise<void> {
  await tx`update keys set revoked_at = ${at} where kid = ${kid} and revoked_at is null`;
  await countRevision(tx);
}

/** Takes a person's office away. */
export async function deleteOfficer(
  tx: Database,
  office: { organisationId: string; personId: string },
): Promise<void> {
  await tx`delete from officers
    where organisation_id = ${office.organisationId} and person_id = ${office.personId}`;
  await countRevision(tx);
}

/** Adds a purpose template. */
export async function insertPurpose(tx: Database, purpose: PurposeTemplate): Promise<void> {
  await tx`insert into purposes (code, text, fields, max_per_day, max_life_days, max_retention_days)
    values (${purpose.code}, ${tx.json(purpose.text)}, ${tx.json(purpose.fields as Json)}, ${purpose.maxPerDay},
      ${purpose.maxLifeDays}, ${purpose.maxRetentionDays})`;
}

async function saveClient(tx: Database, organisationId: string, client: ClientRegistration): Promise<void> {
  await tx`
    insert into clients (client_id, organisation_id, redirect_uris, purposes, events_uri)
    values (${client.clientId}, ${organisationId}, ${client.redirectUris}, ${client.purposes}::text[],
      ${client.eventsUri})
    on conflict (client_id) do update set redirect_uris = excluded.redirect_uris,
      purposes = excluded.purposes, events_uri = excluded.events_uri
    where clients.organisation_id = excluded.organisation_id`;
}

async function insertKey(
  tx: Database,
  organisationId: string,
  key: Omit<OrganisationKey, 'revokedAt'>,
): Promise<void> {
  await tx`
    insert into keys (kid, organisation_id, use, jwk, thumbprint, valid_from, valid_until)
    values (${key.kid}, ${organisationId}, ${key.use}, ${tx.json(key.jwk as Json)}, ${thumbprint(key.jwk)},
      ${key.validFrom}, ${key.validUntil})`;
}

async function saveOfficer(
  tx: Database,
  office: { organisationId: string; personId: string; roles: readonly Role[] },
): Promise<void> {
  await tx`
    insert into officers (person_id, organisation_id, roles)
    values (${office.personId}, ${office.organisationId}, ${[...office.roles]})
    on conflict (person_id, organisation_id) do update set roles = excluded.roles`;
}

async function countRevision(tx: Database): Promise<void> {
  await tx`update revisions set number = number + 1`;
}
