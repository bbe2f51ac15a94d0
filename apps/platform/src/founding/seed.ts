import type { CitySeed, OrganisationId, SeededOrganisation } from '@praya/directory/contract';
import { seedDirectory } from '@praya/directory/service';
import { ConfigError } from '@praya/kernel/config';
import type { DatabasePool } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import { registered } from '../city/key-files.ts';
import { PORTAL_CLIENT_ID } from '../session/relying-party.ts';
import type { FoundingDocument } from './document.ts';

type About = { readonly origin: string; readonly now: Date };

/** What the directory begins with: the operator with its portal at our origin, then the organisations. */
export function seedOf(document: FoundingDocument, { origin, now }: About): CitySeed {
  const { operator, purposes, organisations } = document;
  const portal = {
    clientId: PORTAL_CLIENT_ID,
    redirectUris: [`${origin}/session/callback`],
    purposes: [],
    eventsUri: null,
  };
  const others = organisations.map(({ keys, ...one }): SeededOrganisation => {
    return { ...one, id: newId('org', now), keys: keys.map((key) => registered(key, { use: key.use, now })) };
  });
  const ours: SeededOrganisation = {
    ...operator,
    id: newId('org', now),
    kind: 'operator',
    clients: [portal],
  };
  return { purposes, organisations: [ours, ...others] };
}

/**
 * Founds the city in an empty directory, in one transaction. Answers the ids by slug.
 *
 * Errors  ConfigError that names the organisation, the field and the rule, where the directory refuses something
 */
export async function foundCity(
  db: DatabasePool,
  document: FoundingDocument,
  about: About & { readonly production: boolean },
): Promise<Readonly<Record<string, OrganisationId>>> {
  const seed = seedOf(document, about);
  try {
    return await seedDirectory(db, seed, about);
  } catch (error) {
    throw explained(error, seed);
  }
}

type SeedCause = {
  readonly refusal: { readonly code: string; readonly field?: string; readonly rule?: string };
  readonly change: { readonly kind: string; readonly organisationId: string };
};

function explained(error: unknown, { organisations }: CitySeed): unknown {
  const cause = error instanceof Error ? (error.cause as SeedCause | undefined) : undefined;
  if (cause?.refusal === undefined || cause.change === undefined) return error;
  const { refusal, change } = cause;
  const slug = organisations.find(({ id }) => id === change.organisationId)?.slug ?? change.organisationId;
  const reason = [refusal.code, refusal.field, refusal.rule].filter((word) => word !== undefined).join(' ');
  return new ConfigError(
    `The founding document cannot be used. Nothing was changed.\n  ${slug}, ${change.kind}: ${reason}`,
    { cause: error },
  );
}
