import type { Database, Json } from '../database.ts';
import type { KeyAlgorithm, PublicJwk, SealedKey } from './sealed-key.ts';

export type KeyState = 'next' | 'current' | 'retired' | 'revoked';

export type KeyRow = {
  kid: string;
  state: KeyState;
  jwk: PublicJwk;
  sealed: Uint8Array;
  validFrom: Date;
  validUntil: Date;
  revokedAt: Date | null;
};

type NewKey = SealedKey & {
  purpose: string;
  algorithm: KeyAlgorithm;
  state: KeyState;
  validFrom: Date;
  validUntil: Date;
};

/** Makes everybody else who would change the keys of this purpose wait for the end of the transaction. */
export async function lockKeys(tx: Database, purpose: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('keyring'), hashtext(current_schema() || ':' || ${purpose}))`;
}

/** The keys of a purpose that are published at the instant, oldest first. */
export function listKeys(db: Database, purpose: string, notEndedBefore: Date): Promise<KeyRow[]> {
  return db<KeyRow[]>`
    select kid, state, public_jwk as jwk, sealed_private as sealed, valid_from as "validFrom",
      valid_until as "validUntil", revoked_at as "revokedAt"
    from signing_keys
    where purpose = ${purpose} and (state in ('next', 'current') or valid_until > ${notEndedBefore})
    order by valid_from, kid`;
}

/** The key that signs now, if there is one. */
export async function findCurrentKey(db: Database, purpose: string): Promise<KeyRow | undefined> {
  const [row] = await db<KeyRow[]>`
    select kid, state, public_jwk as jwk, sealed_private as sealed, valid_from as "validFrom",
      valid_until as "validUntil", revoked_at as "revokedAt"
    from signing_keys
    where purpose = ${purpose} and state = 'current'`;
  return row;
}

/** Adds a key. */
export async function insertKey(tx: Database, key: NewKey): Promise<void> {
  await tx`
    insert into signing_keys (kid, purpose, algorithm, state, public_jwk, sealed_private, valid_from, valid_until)
    values (${key.kid}, ${key.purpose}, ${key.algorithm}, ${key.state}, ${tx.json(key.jwk as Json)}, ${key.sealed},
      ${key.validFrom}, ${key.validUntil})`;
}

/** The current key signs no more; what it signed counts until the instant given. */
export async function retireCurrentKey(tx: Database, purpose: string, validUntil: Date): Promise<void> {
  await tx`
    update signing_keys set state = 'retired', valid_until = least(valid_until, ${validUntil})
    where purpose = ${purpose} and state = 'current'`;
}

/** The next key becomes the current one, until the instant given. */
export async function promoteNextKey(tx: Database, purpose: string, validUntil: Date): Promise<void> {
  await tx`
    update signing_keys set state = 'current', valid_until = ${validUntil}
    where purpose = ${purpose} and state = 'next'`;
}

/** Marks a key as not to be trusted from the instant on; answers the state it had, or null if there is nothing to revoke. */
export async function revokeKey(
  tx: Database,
  key: { purpose: string; kid: string },
  revokedAt: Date,
): Promise<KeyState | null> {
  const [row] = await tx<{ before: KeyState }[]>`
    update signing_keys set state = 'revoked', revoked_at = ${revokedAt}
    from (select kid, state as before from signing_keys where kid = ${key.kid} and purpose = ${key.purpose} for update) as old
    where signing_keys.kid = old.kid and old.before <> 'revoked'
    returning old.before`;
  return row?.before ?? null;
}
