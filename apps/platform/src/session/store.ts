import type { Database } from '@praya/kernel/database';

export type SignIn = { readonly codeVerifier: string; readonly nonce: string; readonly returnTo: string };
export type Session = { readonly id: string; readonly personId: string };

export async function insertSignIn(
  db: Database,
  row: SignIn & { readonly stateHash: Buffer; readonly browserHash: Buffer; readonly expiresAt: Date },
): Promise<void> {
  await db`
    insert into sign_ins (state_hash, browser_hash, code_verifier, nonce, return_to, expires_at)
    values (${row.stateHash}, ${row.browserHash}, ${row.codeVerifier}, ${row.nonce}, ${row.returnTo}, ${row.expiresAt})`;
}

/** Takes a sign-in under way; a second taker finds nothing, and neither does another browser. */
export async function takeSignIn(
  db: Database,
  about: { stateHash: Buffer; browserHash: Buffer; now: Date },
): Promise<SignIn | undefined> {
  const [row] = await db<SignIn[]>`
    delete from sign_ins
    where state_hash = ${about.stateHash} and browser_hash = ${about.browserHash} and expires_at > ${about.now}
    returning code_verifier as "codeVerifier", nonce, return_to as "returnTo"`;
  return row;
}

export async function insertSession(
  db: Database,
  row: Session & { readonly tokenHash: Buffer; readonly createdAt: Date; readonly expiresAt: Date },
): Promise<void> {
  await db`
    insert into sessions (token_hash, id, person_id, created_at, expires_at)
    values (${row.tokenHash}, ${row.id}, ${row.personId}, ${row.createdAt}, ${row.expiresAt})`;
}

export async function liveSession(
  db: Database,
  about: { tokenHash: Buffer; now: Date },
): Promise<Session | undefined> {
  const [row] = await db<Session[]>`
    select id, person_id as "personId" from sessions
    where token_hash = ${about.tokenHash} and ended_at is null and expires_at > ${about.now}`;
  return row;
}

export async function endSession(db: Database, about: { tokenHash: Buffer; now: Date }): Promise<void> {
  await db`update sessions set ended_at = ${about.now} where token_hash = ${about.tokenHash} and ended_at is null`;
}

/** Removes what nobody can use any more. */
export async function forgetExpired(db: Database, now: Date): Promise<void> {
  await db`delete from sign_ins where expires_at < ${now}`;
  await db`delete from sessions where expires_at < ${now}`;
}
