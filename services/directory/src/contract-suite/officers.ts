import { generateKeyPairSync } from 'node:crypto';
import type { FixedClock } from '@praya/kernel/testing';
import type { Change, ChangeKind, Directory, OrganisationId, PersonId } from '../contract.ts';
import { ids, newKey, officers } from '../test-city.ts';

/** A directory seeded with the city of the tests, and the clock it goes by. */
export type SuiteDirectory = { directory: Directory; now: FixedClock };
export type WithDirectory = (use: (about: SuiteDirectory) => Promise<void>) => Promise<void>;

/** Units: milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

export async function proposed(
  directory: Directory,
  kind: ChangeKind,
  payload: object,
  organisationId: OrganisationId | null = kind === 'organisation.register' ? null : ids.bank,
): Promise<Change> {
  const result = await directory.propose({ kind, organisationId, payload, madeBy: officers.maker });
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

export async function approved(directory: Directory, kind: ChangeKind, payload: object): Promise<void> {
  const result = await decide(directory, await proposed(directory, kind, payload), officers.checker);
  if (!result.ok) throw new Error(result.refusal.code);
}

export function decide(directory: Directory, change: Change, decidedBy: PersonId) {
  return directory.decide({ id: change.id, decidedBy, approve: true, reason: null });
}

export function refused(code: string) {
  return { ok: false, refusal: { code } };
}

export function offCurve() {
  const key = newKey();
  const { x = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  return { ...key, jwk: { ...key.jwk, x } };
}

// Everything that a change of any kind can alter.
export async function effectOf(directory: Directory, kind: ChangeKind): Promise<unknown> {
  if (kind === 'officer.appoint') return directory.officesOf(officers.nobody);
  return directory.organisations({ limit: 99 });
}
