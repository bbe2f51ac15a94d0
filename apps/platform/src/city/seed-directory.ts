import { organisations } from '@praya/city/organisations';
import type { SeededOrganisation } from '@praya/directory/contract';
import { seedDirectory } from '@praya/directory/service';
import type { DemonstrationPerson } from '../demonstration/people.ts';
import type { Rooms } from '../rooms.ts';
import { PORTAL_CLIENT_ID } from '../session/relying-party.ts';
import { registered } from './key-files.ts';
import type { CityPlan } from './plan.ts';
import { purposes } from './purposes.ts';

/** Fills the empty directory: the operator with its portal, the departments, the bank, the officers. */
export async function seedCityDirectory(about: {
  readonly plan: CityPlan;
  readonly people: readonly DemonstrationPerson[];
  readonly rooms: Rooms;
}): Promise<void> {
  const { plan, rooms } = about;
  const list = [operator(about), ...plan.departments.map((one) => department(one, about)), bank(plan)];
  await seedDirectory(rooms.pools.directory, { purposes, organisations: list }, { now: plan.now });
}

function operator(about: Parameters<typeof seedCityDirectory>[0]): SeededOrganisation {
  const { plan, rooms } = about;
  const { name, slug, kind } = organisations.platform;
  const issuer = rooms.issuer;
  return {
    id: plan.platform,
    slug,
    kind,
    name,
    clients: [
      {
        clientId: PORTAL_CLIENT_ID,
        redirectUris: [`${issuer}/session/callback`],
        purposes: [],
        eventsUri: null,
      },
    ],
    officers: officersOf(about, slug),
  };
}

function department(
  one: CityPlan['departments'][number],
  about: Parameters<typeof seedCityDirectory>[0],
): SeededOrganisation {
  const { now } = about.plan;
  return {
    id: one.id,
    slug: one.slug,
    kind: 'department',
    name: one.name,
    connector: { url: one.url, registrar: one.register === 'persons' },
    clients: [{ clientId: `${one.slug}-programs`, redirectUris: [], purposes: [], eventsUri: null }],
    keys: [registered(one.signing, { use: 'sig', now }), registered(one.encryption, { use: 'enc', now })],
    officers: officersOf(about, one.slug),
  };
}

function bank({ bank: { id, origin, signing, encryption }, now }: CityPlan): SeededOrganisation {
  const { name, slug } = organisations.bank;
  return {
    id,
    slug,
    kind: 'bank',
    name,
    permits: ['account-opening'],
    keys: [registered(signing, { use: 'sig', now }), registered(encryption, { use: 'enc', now })],
    clients: [
      {
        clientId: slug,
        redirectUris: [`${origin}/callback`],
        purposes: ['account-opening'],
        eventsUri: `${origin}/praya/events`,
      },
    ],
  };
}

function officersOf({ people, plan }: Parameters<typeof seedCityDirectory>[0], slug: string) {
  return people
    .filter(({ office }) => office?.organisation === slug)
    .map(({ index, office }) => ({ personId: plan.personId(index), roles: office?.roles ?? [] }));
}
