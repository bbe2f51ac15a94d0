import { createPublicKey } from 'node:crypto';
import { type PublicEcKey, thumbprint } from '@praya/kernel/jwk';
import type { Refusal } from '@praya/kernel/result';
import type { DirectoryRefusal, OrganisationKey } from '../contract.ts';
import type { DirectoryState } from './state.ts';

const HOUR_MS = 60 * 60 * 1000;
const BACKDATE_MS = 24 * HOUR_MS;
const LIFE_MS = 3 * 366 * 24 * HOUR_MS;
const KEYS_AT_ONCE = 2;

type NewKey = Omit<OrganisationKey, 'revokedAt'>;
type Fault = Refusal<DirectoryRefusal> | undefined;

/** What is wrong with a key by itself: its point, its names, its time. `madeAt` is when it was proposed. */
export function keyFault(key: NewKey, at: { readonly madeAt: Date; readonly now: Date }): Fault {
  if (!isOnCurve(key.jwk)) return { code: 'directory.key-not-on-curve', field: 'jwk', rule: 'curve' };
  if (key.jwk.kid !== key.kid) return { code: 'directory.change-invalid', field: 'kid', rule: 'same-as-jwk' };
  if (key.jwk.use !== undefined && key.jwk.use !== key.use)
    return { code: 'directory.change-invalid', field: 'use', rule: 'same-as-jwk' };
  if (key.jwk.alg !== undefined && key.jwk.alg !== (key.use === 'sig' ? 'ES256' : 'ECDH-ES'))
    return { code: 'directory.change-invalid', field: 'jwk/alg', rule: 'of-use' };
  const rule = validityFault(key, at);
  return rule === undefined ? undefined : { code: 'directory.key-validity', field: 'validUntil', rule };
}

/** What is wrong with a key beside the others: its name or point is somebody's, or too many would count at once. */
export function keyCollision(key: NewKey, state: DirectoryState, organisationId: string): Fault {
  const point = thumbprint(key.jwk);
  for (const { keys } of state.organisations) {
    if (keys.some((other) => other.kid === key.kid || thumbprint(other.jwk) === point))
      return { code: 'directory.key-taken', field: 'kid', rule: 'unique' };
  }
  const own = state.organisations.find((one) => one.id === organisationId)?.keys ?? [];
  return isCrowded(key, own)
    ? { code: 'directory.key-overlap', field: 'validFrom', rule: 'two-at-once' }
    : undefined;
}

/** True where the point is one of P-256. */
export function isOnCurve(jwk: Pick<PublicEcKey, 'x' | 'y'>): boolean {
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

// Old and new side by side let everybody learn the new one in time; a third would only be a spare for a thief.
function isCrowded(key: NewKey, own: readonly OrganisationKey[]): boolean {
  const others = own.filter((other) => other.use === key.use && other.revokedAt === null);
  const instants = [key, ...others].map((one) => Date.parse(one.validFrom)).filter((at) => counts(key, at));
  return instants.some((at) => others.filter((other) => counts(other, at)).length >= KEYS_AT_ONCE);
}

function counts(key: NewKey, at: number): boolean {
  return Date.parse(key.validFrom) <= at && at < Date.parse(key.validUntil);
}

function validityFault(key: NewKey, at: { madeAt: Date; now: Date }): string | undefined {
  const from = Date.parse(key.validFrom);
  const until = Date.parse(key.validUntil);
  if (from >= until) return 'ends-after-it-begins';
  if (until <= at.now.getTime()) return 'not-over';
  if (until - from > LIFE_MS) return 'three-years-at-most';
  return from < at.madeAt.getTime() - BACKDATE_MS ? 'not-backdated' : undefined;
}
