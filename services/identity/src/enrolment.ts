import type { Clock } from '@praya/kernel/clock';
import { type Database, transaction } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { IdentityRefusal, PersonId, Registrar, RegistrationResponse } from './contract.ts';
import { newPasskeyOf, newPasskeyOptions } from './passkeys/creation.ts';
import type { RelyingParty } from './passkeys/verify.ts';
import { normalCode } from './rules.ts';
import type { Moments } from './store/moments.ts';
import { findPasskey, insertPerson, lockCredential } from './store/persons.ts';

/** Taking a person in: the code from the counter, a new passkey, and the register's word that they belong together. */
export type Enrolment = {
  options(about: {
    interaction: string;
    code: string;
  }): Promise<Result<{ options: object }, IdentityRefusal>>;
  finish(about: {
    interaction: string;
    code: string;
    response: RegistrationResponse;
    name: string;
  }): Promise<Result<{ personId: PersonId }, IdentityRefusal>>;
};

type Needs = {
  readonly db: Database;
  readonly moments: Moments;
  readonly rp: RelyingParty;
  readonly registrar: Pick<Registrar, 'check' | 'redeem'>;
  readonly now: Clock;
  /** True while this interaction may still try a code at this step; each call is one try. */
  mayTry(interaction: string, step: 'check' | 'redeem'): Promise<boolean>;
};

/** Enrolment within an interaction. */
export function createEnrolment(needs: Needs): Enrolment {
  return {
    options: (about) => options(needs, about),
    finish: (about) => finish(needs, about),
  };
}

async function options(needs: Needs, { interaction, code: typed }: Parameters<Enrolment['options']>[0]) {
  const code = normalCode(typed);
  if (code === undefined) return refuse('identity.enrolment-code', { field: 'code' });
  if (!(await needs.mayTry(interaction, 'check'))) return refuse('identity.enrolment-attempts');
  const checked = await needs.registrar.check({ code });
  if (!checked.ok) return checked as Result<never, IdentityRefusal>;
  const personId = newId('per', needs.now());
  return ok({ options: await newPasskeyOptions(needs, { where: interaction, personId, known: [] }) });
}

async function finish(needs: Needs, about: Parameters<Enrolment['finish']>[0]) {
  const code = normalCode(about.code);
  if (code === undefined) return refuse('identity.enrolment-code', { field: 'code' });
  const made = await newPasskeyOf(needs, { where: about.interaction, response: about.response });
  if (!made.ok) return made;
  const passkey = { ...made.value, name: about.name };
  return transaction(needs.db, async (tx) => {
    await lockCredential(tx, passkey.credentialId);
    const before = await findPasskey(tx, passkey.credentialId);
    if (before !== undefined) return takenIn(before, passkey);
    if (!(await needs.mayTry(about.interaction, 'redeem'))) return refuse('identity.enrolment-attempts');
    const redeemed = await needs.registrar.redeem({ code, publicKey: passkey.publicKey });
    if (!redeemed.ok) return redeemed as Result<never, IdentityRefusal>;
    const { personId } = passkey;
    const { handle } = redeemed.value;
    const owner = await insertPerson(tx, { personId, handle, passkey, at: needs.now() });
    return owner === undefined ? refuse('identity.passkey-taken') : takenIn(owner, passkey);
  });
}

// The same browser trying again, after an answer that got lost, finds itself taken in already.
function takenIn(
  known: { personId: PersonId; thumbprint: string },
  passkey: { personId: PersonId; thumbprint: string },
) {
  const same = known.thumbprint === passkey.thumbprint && known.personId === passkey.personId;
  return same ? ok({ personId: known.personId }) : refuse('identity.passkey-taken');
}
