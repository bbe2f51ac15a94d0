import type { DatabasePool } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { calculateJwkThumbprint } from 'jose';
import type { ChangesPage, CitySeed, Directory, DirectoryRefusal, OrganisationId } from './contract.ts';
import { readableBy } from './rules/office.ts';
import { officesIn, organisationIn, organisationOfClientIn, registrarIn, searchIn } from './rules/state.ts';
import { appointFirst, type FirstAppointment } from './service/appoint-first.ts';
import { decide, withdraw } from './service/decide.ts';
import { propose } from './service/propose.ts';
import { createTrustListPublisher } from './service/publish-trust-list.ts';
import { createRoom, type DirectoryNeeds, type Room } from './service/room.ts';
import { seed } from './service/seed.ts';
import { dismissOfficer, revokeKey, suspend } from './service/take-away.ts';
import { listChanges } from './store/changes.ts';

export type { DirectoryNeeds, FirstAppointment };

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Verifiers hold the anchor itself, so it is not rotated by the calendar. For `createKeyring`. */
export const anchorKeyLifetimes = { signForMs: 20 * YEAR_MS, keepMs: 50 * YEAR_MS };

/**
 * Fills an empty directory without maker and checker, since there is nobody yet who could be one.
 * The rules hold all the same. Answers the ids by slug.
 *
 * Errors  throws where the directory is not empty, and where a rule refuses something
 */
export function seedDirectory(
  db: DatabasePool,
  city: CitySeed,
  about: { readonly now: Date; readonly production?: boolean },
): Promise<Readonly<Record<string, OrganisationId>>> {
  return seed(db, city, { production: false, ...about });
}

/** Appoints a first officer without maker and checker. Refused once the operator has both, in two persons. */
export function appointFirstOfficer(
  db: DatabasePool,
  appointment: FirstAppointment,
  now: Date,
): Promise<Result<{ organisationId: OrganisationId }, DirectoryRefusal>> {
  return appointFirst(db, appointment, now);
}

/** The directory on a database, shared by any number of processes. */
export function createDirectory(needs: DirectoryNeeds): Directory {
  const room = createRoom(needs);
  return {
    organisation: async (id) =>
      known(organisationIn(await room.state(), id), 'directory.organisation-unknown'),
    organisationOfClient: async (clientId) => {
      const found = known(organisationOfClientIn(await room.state(), clientId), 'directory.client-unknown');
      if (!found.ok || found.value.suspendedAt === null) return found;
      return refuse('directory.organisation-suspended');
    },
    organisations: async (page) => searchIn(await room.state(), page),
    registrar: async () => known(registrarIn(await room.state()), 'directory.organisation-unknown'),
    purpose: async (code) => {
      const { purposes } = await room.state();
      return known(
        purposes.find((one) => one.code === code),
        'directory.purpose-unknown',
      );
    },
    purposes: async () => (await room.state()).purposes,
    officesOf: async (personId) =>
      officesIn(await room.state(), personId).map(({ organisationId, roles }) => ({ organisationId, roles })),
    trustList: createTrustListPublisher(room),
    trustAnchor: async () => {
      const { kid, jwk } = await room.anchor.signingKey();
      return { kid, jwk, fingerprint: await calculateJwkThumbprint(jwk) };
    },
    propose: (proposal) => propose(room, proposal),
    decide: (decision) => decide(room, decision),
    withdraw: (about) => withdraw(room, about),
    changes: (page) => changes(room, page),
    revokeKey: (about) => revokeKey(room, about),
    suspend: (about) => suspend(room, about),
    dismissOfficer: (about) => dismissOfficer(room, about),
  };
}

async function changes(room: Room, page: ChangesPage) {
  const organisations = page.seenBy === undefined ? null : readableBy(await room.state(), page.seenBy);
  const { state = null, after = null, limit } = page;
  return listChanges(room.db, { state, after, limit, organisations });
}

function known<T>(value: T | undefined, otherwise: DirectoryRefusal): Result<T, DirectoryRefusal> {
  return value === undefined ? refuse(otherwise) : ok(value);
}
