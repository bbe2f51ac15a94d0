import { type Database, type Json, type Transaction, transaction } from '@praya/kernel/database';
import type { PasskeyId, PersonId } from '../contract.ts';

/** A passkey as it was registered. */
export type Passkey = {
  readonly id: PasskeyId;
  readonly personId: PersonId;
  readonly credentialId: string;
  readonly thumbprint: string;
  readonly publicKey: Record<string, string>;
  readonly cose: Uint8Array;
  readonly counter: number;
  readonly backedUp: boolean;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

type Row = {
  id: PasskeyId;
  person_id: PersonId;
  credential_id: string;
  thumbprint: string;
  public_key: Record<string, string>;
  cose: Uint8Array;
  counter: bigint;
  backed_up: boolean;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
};

/** A person's handle at the register of persons: opaque to us. */
export async function findHandle(db: Database, personId: PersonId): Promise<string | undefined> {
  const [row] = await db<{ register_handle: string }[]>`
    select register_handle from persons where id = ${personId}`;
  return row?.register_handle;
}

/** Two retries of one enrolment: the second waits here and then finds what the first one made. */
export async function lockCredential(tx: Transaction, credentialId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${credentialId}, 0))`;
}

/** Takes in a person with the first passkey; answers whose passkey it is, also where it was taken in before. */
export async function insertPerson(
  db: Database,
  about: { personId: PersonId; handle: string; passkey: Passkey; at: Date },
): Promise<Passkey | undefined> {
  const { personId, handle, passkey, at } = about;
  return transaction(db, async (tx) => {
    await lockCredential(tx, passkey.credentialId);
    const known = await findPasskey(tx, passkey.credentialId);
    if (known !== undefined) return known.thumbprint === passkey.thumbprint ? known : undefined;
    await tx`insert into persons (id, register_handle, created_at) values (${personId}, ${handle}, ${at})`;
    await insertPasskey(tx, passkey);
    return passkey;
  });
}

export async function insertPasskey(tx: Database, passkey: Passkey): Promise<void> {
  await tx`
    insert into passkeys
      (id, person_id, credential_id, thumbprint, public_key, cose, counter, backed_up, name, created_at)
    values
      (${passkey.id}, ${passkey.personId}, ${passkey.credentialId}, ${passkey.thumbprint},
       ${tx.json(passkey.publicKey as Json)}, ${Buffer.from(passkey.cose)}, ${passkey.counter},
       ${passkey.backedUp}, ${passkey.name}, ${passkey.createdAt})`;
}

export async function findPasskey(db: Database, credentialId: string): Promise<Passkey | undefined> {
  const [row] = await db<Row[]>`
    select * from passkeys where credential_id = ${credentialId} and removed_at is null`;
  return row && passkeyOf(row);
}

/** True for a credential that was ever registered, also one that was removed. */
export async function knowsCredential(db: Database, credentialId: string): Promise<boolean> {
  const rows = await db`select 1 from passkeys where credential_id = ${credentialId}`;
  return rows.length > 0;
}

export async function listPasskeys(db: Database, personId: PersonId): Promise<Passkey[]> {
  const rows = await db<Row[]>`
    select * from passkeys where person_id = ${personId} and removed_at is null order by created_at, id`;
  return rows.map(passkeyOf);
}

export async function noteUse(
  db: Database,
  use: { id: PasskeyId; counter: number; at: Date },
): Promise<void> {
  await db`
    update passkeys set last_used_at = ${use.at}, counter = greatest(counter, ${use.counter})
    where id = ${use.id}`;
}

export async function renamePasskey(
  db: Database,
  about: { personId: PersonId; id: PasskeyId; name: string },
): Promise<Passkey | undefined> {
  const [row] = await db<Row[]>`
    update passkeys set name = ${about.name}
    where id = ${about.id} and person_id = ${about.personId} and removed_at is null returning *`;
  return row && passkeyOf(row);
}

/** Her passkeys, with her locked against another change of them until the transaction ends. */
export async function lockPasskeys(tx: Transaction, personId: PersonId): Promise<Passkey[]> {
  await tx`select 1 from persons where id = ${personId} for update`;
  return listPasskeys(tx, personId);
}

export async function removePasskey(tx: Transaction, about: { id: PasskeyId; at: Date }): Promise<void> {
  await tx`update passkeys set removed_at = ${about.at} where id = ${about.id}`;
}

function passkeyOf(row: Row): Passkey {
  return {
    id: row.id,
    personId: row.person_id,
    credentialId: row.credential_id,
    thumbprint: row.thumbprint,
    publicKey: row.public_key,
    cose: new Uint8Array(row.cose),
    counter: Number(row.counter),
    backedUp: row.backed_up,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
