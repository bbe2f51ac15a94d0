import { organisations } from '@praya/city/organisations';
import type { OrganisationId, PersonId } from '@praya/directory/contract';
import { newId } from '@praya/kernel/id';
import type { LocalisedText } from '@praya/kernel/language';
import { newPrivateKey, newSecretKey, type PrivateEcKey } from './key-files.ts';

/** One department of the demonstration: its register, its connector's place and its keys. */
export type DepartmentPlan = {
  readonly id: OrganisationId;
  readonly slug: string;
  readonly name: LocalisedText;
  readonly register: 'persons' | 'rates' | 'companies';
  readonly port: number;
  /** where the platform reaches it; differs from its own port only where something listens in between */
  readonly url: string;
  readonly signing: PrivateEcKey;
  readonly encryption: PrivateEcKey;
  readonly handles: ReturnType<typeof newSecretKey>;
  readonly codes: ReturnType<typeof newSecretKey>;
};

/** Everything about the new city that is decided before anything is written. */
export type CityPlan = {
  readonly now: Date;
  readonly platform: OrganisationId;
  readonly departments: readonly DepartmentPlan[];
  readonly bank: {
    readonly id: OrganisationId;
    readonly origin: string;
    readonly port: number;
    readonly signing: PrivateEcKey;
    readonly encryption: PrivateEcKey;
  };
  personId(index: number): PersonId;
};

const BANK_PORT_OFFSET = 10;

/** Draws ids and keys for a new city; its processes take the ports after the platform's. */
export function planCity(about: {
  readonly origin: string;
  readonly port: number;
  readonly listenOffset: number;
  readonly now: Date;
}): CityPlan {
  const people = new Map<number, PersonId>();
  const department = (register: DepartmentPlan['register'], position: number): DepartmentPlan => ({
    id: newId('org', about.now),
    slug: organisations[register].slug,
    name: organisations[register].name,
    register,
    port: about.port + 1 + position + about.listenOffset,
    url: `http://localhost:${about.port + 1 + position}`,
    signing: newPrivateKey(),
    encryption: newPrivateKey(),
    handles: newSecretKey('handles-1'),
    codes: newSecretKey('codes-1'),
  });
  return {
    now: about.now,
    platform: newId('org', about.now),
    departments: [department('persons', 0), department('rates', 1), department('companies', 2)],
    bank: {
      id: newId('org', about.now),
      origin: `http://localhost:${about.port + BANK_PORT_OFFSET}`,
      port: about.port + BANK_PORT_OFFSET,
      signing: newPrivateKey(),
      encryption: newPrivateKey(),
    },
    personId: (index) => {
      const known = people.get(index) ?? newId('per', about.now);
      people.set(index, known);
      return known;
    },
  };
}
