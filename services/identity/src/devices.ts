import { type Clock, secondsAfter } from '@praya/kernel/clock';
import { type Database, transaction } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type {
  AssertionResponse,
  CredentialStatement,
  IdentityRefusal,
  PasskeyId,
  PasskeyView,
  PersonId,
  Registrar,
  RegistrationResponse,
} from './contract.ts';
import { newPasskeyOf, newPasskeyOptions } from './passkeys/creation.ts';
import { assertionOptions, challengeOf } from './passkeys/sign-in.ts';
import { type RelyingParty, verifyPasskey } from './passkeys/verify.ts';
import type { Moments } from './store/moments.ts';
import {
  findHandle,
  insertPasskey,
  knowsCredential,
  listPasskeys,
  lockPasskeys,
  type Passkey,
  removePasskey,
  renamePasskey,
} from './store/persons.ts';

type Prepared = { statement: CredentialStatement; options: object };
type Signed = { personId: PersonId; statement: CredentialStatement; assertion: AssertionResponse };

/** A person's passkeys. Each change is signed by a passkey that she already has, and the register checks it too. */
export type Devices = {
  list(personId: PersonId): Promise<PasskeyView[]>;
  rename(about: {
    personId: PersonId;
    id: PasskeyId;
    name: string;
  }): Promise<Result<PasskeyView, IdentityRefusal>>;
  options(personId: PersonId): Promise<{ options: object }>;
  prepareAddition(about: {
    personId: PersonId;
    response: RegistrationResponse;
  }): Promise<Result<Prepared, IdentityRefusal>>;
  add(about: Signed & { name: string }): Promise<Result<PasskeyView, IdentityRefusal>>;
  prepareRemoval(about: { personId: PersonId; id: PasskeyId }): Promise<Result<Prepared, IdentityRefusal>>;
  remove(about: Signed & { id: PasskeyId }): Promise<Result<null, IdentityRefusal>>;
};

type Needs = {
  readonly db: Database;
  readonly moments: Moments;
  readonly rp: RelyingParty;
  readonly registrar: Pick<Registrar, 'changeCredential'>;
  readonly now: Clock;
};

const ANSWER_SECONDS = 5 * 60;

export function createDevices(needs: Needs): Devices {
  const { db } = needs;
  return {
    list: async (personId) => (await listPasskeys(db, personId)).map(viewOf),
    rename: async (about) => {
      const renamed = await renamePasskey(db, about);
      return renamed === undefined ? refuse('identity.passkey-not-yours') : ok(viewOf(renamed));
    },
    options: async (personId) => {
      const known = (await listPasskeys(db, personId)).map(({ credentialId }) => credentialId);
      return { options: await newPasskeyOptions(needs, { where: personId, personId, known }) };
    },
    prepareAddition: (about) => prepareAddition(needs, about),
    add: (about) => add(needs, about),
    prepareRemoval: (about) => prepareRemoval(needs, about),
    remove: (about) => remove(needs, about),
  };
}

/** A passkey as its owner sees it. */
export function viewOf(passkey: Passkey): PasskeyView {
  return {
    id: passkey.id,
    name: passkey.name,
    createdAt: passkey.createdAt.toISOString(),
    lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
    backedUp: passkey.backedUp,
  };
}

async function prepareAddition(needs: Needs, about: { personId: PersonId; response: RegistrationResponse }) {
  const made = await newPasskeyOf(needs, { where: about.personId, response: about.response });
  if (!made.ok) return made;
  if (await knowsCredential(needs.db, made.value.credentialId)) return refuse('identity.passkey-taken');
  const kept = { ...made.value, cose: Buffer.from(made.value.cose).toString('base64url') };
  return ok(await prepare(needs, { action: 'add', personId: about.personId, passkey: made.value, kept }));
}

async function prepareRemoval(needs: Needs, about: { personId: PersonId; id: PasskeyId }) {
  const hers = await listPasskeys(needs.db, about.personId);
  const passkey = hers.find(({ id }) => id === about.id);
  if (passkey === undefined) return refuse('identity.passkey-not-yours');
  if (hers.length === 1) return refuse('identity.passkey-last');
  return ok(
    await prepare(needs, {
      action: 'remove',
      personId: about.personId,
      passkey,
      kept: { id: passkey.id },
    }),
  );
}

async function prepare(
  { db, moments, rp, now }: Needs,
  about: { action: 'add' | 'remove'; personId: PersonId; passkey: Passkey; kept: object },
): Promise<Prepared> {
  const at = now();
  const statement: CredentialStatement = {
    type: 'praya.credential.v1',
    action: about.action,
    publicKey: about.passkey.publicKey,
    at: at.toISOString(),
  };
  const challenge = challengeOf(statement);
  await moments.put(
    { model: 'CredentialStatement', id: `${about.personId} ${challenge}` },
    { payload: about.kept, madeAt: at, expiresAt: secondsAfter(at, ANSWER_SECONDS) },
  );
  // the passkey that is being added lies on a device too, and must not be the one to answer
  const hers = await listPasskeys(db, about.personId);
  const known = hers.map(({ credentialId }) => credentialId);
  return { statement, options: await assertionOptions(rp, challenge, known) };
}

async function add(needs: Needs, about: Signed & { name: string }) {
  const signed = await signedChange(needs, about, 'add');
  if (!signed.ok) return signed;
  const kept = signed.value.kept as Omit<Passkey, 'cose' | 'createdAt'> & { cose: string };
  const passkey: Passkey = {
    ...kept,
    name: about.name,
    cose: new Uint8Array(Buffer.from(kept.cose, 'base64url')),
    createdAt: needs.now(),
    lastUsedAt: null,
  };
  return transaction(needs.db, async (tx) => {
    await lockPasskeys(tx, about.personId);
    if (await knowsCredential(tx, passkey.credentialId)) return refuse('identity.passkey-taken');
    const told = await tellRegister(needs, { ...signed.value, ...about });
    if (!told.ok) return told;
    await insertPasskey(tx, passkey);
    return ok(viewOf(passkey));
  });
}

async function remove(needs: Needs, about: Signed & { id: PasskeyId }) {
  const signed = await signedChange(needs, about, 'remove');
  if (!signed.ok) return signed;
  if ((signed.value.kept as { id?: unknown }).id !== about.id) return refuse('identity.challenge-expired');
  return transaction(needs.db, async (tx) => {
    const hers = await lockPasskeys(tx, about.personId);
    if (!hers.some(({ id }) => id === about.id)) return refuse('identity.passkey-not-yours');
    if (hers.length === 1) return refuse('identity.passkey-last');
    const told = await tellRegister(needs, { ...signed.value, ...about });
    if (!told.ok) return told;
    await removePasskey(tx, { id: about.id, at: needs.now() });
    return ok(null);
  });
}

// The statement serves once, and only a passkey of this very person may sign it.
async function signedChange(needs: Needs, about: Signed, action: 'add' | 'remove') {
  const challenge = challengeOf(about.statement);
  const given = await needs.moments.consume('CredentialStatement', `${about.personId} ${challenge}`);
  if (given === undefined || about.statement.action !== action) return refuse('identity.challenge-expired');
  const verified = await verifyPasskey(needs, { response: about.assertion, challenge });
  if (!verified.ok) return verified;
  if (verified.value.passkey.personId !== about.personId) return refuse('identity.passkey-wrong');
  return ok({ kept: given.payload, signedBy: verified.value.assertion });
}

async function tellRegister(
  needs: Needs,
  about: { personId: PersonId; statement: CredentialStatement; signedBy: object },
): Promise<Result<unknown, IdentityRefusal>> {
  const handle = await findHandle(needs.db, about.personId);
  if (handle === undefined) throw new Error('A person without a handle at the register');
  const told = await needs.registrar.changeCredential({
    handle,
    statement: about.statement,
    assertion: about.signedBy,
  });
  return told as Result<unknown, IdentityRefusal>;
}
