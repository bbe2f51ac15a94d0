import { timingSafeEqual } from 'node:crypto';
import { type Database, transaction } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { isPublicJwk, thumbprint } from '@praya/verifier/jwk';
import type { ConnectorRefusal } from '../refusals.ts';
import { hashOfCode, locatorOf, readCode } from './code.ts';
import { sealHandle } from './handle.ts';
import type { Registrar } from './registrar.ts';
import {
  addCitizenKey,
  citizenKeys,
  countAttempt,
  type Enrolment,
  lockEnrolment,
  redeemEnrolment,
} from './store.ts';

const MOST_ATTEMPTS = 5;

/** Whether a code would be redeemed now. It stays unused; a wrong one counts as an attempt. */
export function checkCode(
  registrar: Registrar,
  typed: string,
): Promise<Result<{ ok: true }, ConnectorRefusal>> {
  return transaction(registrar.db, async (tx) => {
    const enrolment = await matching(registrar, tx, typed);
    if (!enrolment.ok) return enrolment;
    return enrolment.value.redeemedAt === null ? ok({ ok: true as const }) : refuse('connector.code-wrong');
  });
}

/**
 * Redeems a code once: certifies the passkey for the person and answers her handle. The same code with the same
 * passkey answers it again while the code lives: an answer that was lost on the way must not cost her the code.
 */
export async function redeemCode(
  registrar: Registrar,
  about: { readonly code: string; readonly publicKey: unknown },
): Promise<Result<{ handle: string }, ConnectorRefusal>> {
  const { publicKey } = about;
  if (!isPublicJwk(publicKey)) return refuse('connector.credential-statement', { field: 'publicKey' });
  const name = await thumbprint(publicKey);
  return transaction(registrar.db, async (tx) => {
    const enrolment = await matching(registrar, tx, about.code);
    if (!enrolment.ok) return enrolment;
    const { id, identityNumber, redeemedAt } = enrolment.value;
    if (redeemedAt !== null) return redeemedBefore(registrar, tx, { enrolment: enrolment.value, name });
    const at = registrar.now();
    // The key first: a key that is taken leaves the code unused.
    if (!(await addCitizenKey(tx, { identityNumber, thumbprint: name, jwk: publicKey, at })))
      return refuse('connector.credential-taken');
    if (!(await redeemEnrolment(tx, { id, thumbprint: name, at })))
      throw new Error('A locked code was redeemed twice');
    return ok({ handle: await sealHandle(registrar.handles, identityNumber) });
  });
}

// Only for the passkey that it was redeemed for, and only while that one is still hers.
async function redeemedBefore(
  registrar: Registrar,
  tx: Database,
  about: { enrolment: Enrolment; name: string },
): Promise<Result<{ handle: string }, ConnectorRefusal>> {
  const { identityNumber, redeemedFor } = about.enrolment;
  const hers = await citizenKeys(tx, identityNumber);
  if (redeemedFor !== about.name || !hers.includes(about.name)) return refuse('connector.code-wrong');
  return ok({ handle: await sealHandle(registrar.handles, identityNumber) });
}

// The code's row, redeemed or not, where the code is right and not too old.
async function matching(
  registrar: Registrar,
  tx: Database,
  typed: string,
): Promise<Result<Enrolment, ConnectorRefusal>> {
  const code = readCode(typed);
  if (code === undefined) return refuse('connector.code-wrong');
  const enrolment = await lockEnrolment(tx, locatorOf(code));
  if (enrolment === undefined) return refuse('connector.code-wrong');
  if (enrolment.attempts >= MOST_ATTEMPTS) return refuse('connector.code-attempts');
  const given = Buffer.from(hashOfCode(registrar.codes, { salt: enrolment.salt, code }));
  const right = timingSafeEqual(given, Buffer.from(enrolment.codeHash));
  if (!right) {
    await countAttempt(tx, enrolment.id);
    return refuse('connector.code-wrong');
  }
  return enrolment.expiresAt > registrar.now() ? ok(enrolment) : refuse('connector.code-expired');
}
