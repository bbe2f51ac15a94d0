import type { Database } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import { thumbprint } from '@praya/kernel/jwk';
import type { PersonId } from './contract.ts';
import { coseOfJwk } from './passkeys/cose.ts';
import { insertPerson } from './store/persons.ts';

/** A person of a demonstration city and her first passkey, as the register has certified it. */
export type SeededPerson = {
  readonly personId: PersonId;
  readonly handle: string;
  readonly credentialId: string;
  readonly publicKey: { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string };
};

/** Takes in the persons of a demonstration city without a counter. Never in production: their keys are public. */
export async function seedPersons(
  db: Database,
  about: { readonly persons: readonly SeededPerson[]; readonly name: string; readonly at: Date },
): Promise<void> {
  for (const { personId, handle, credentialId, publicKey } of about.persons) {
    const passkey = {
      id: newId('pky', about.at),
      personId,
      credentialId,
      thumbprint: thumbprint(publicKey),
      publicKey: { ...publicKey },
      cose: coseOfJwk(publicKey),
      counter: 0,
      backedUp: true,
      name: about.name,
      createdAt: about.at,
      lastUsedAt: null,
    };
    await insertPerson(db, { personId, handle, passkey, at: about.at });
  }
}
