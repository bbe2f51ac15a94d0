import type { Database, Json } from '@praya/kernel/database';
import type { RegistrarSource } from '../config.ts';
import { quoted, tableName } from '../source/read.ts';

export type PersonRow = {
  readonly identityNumber: string;
  readonly nameEn: string;
  readonly nameZh: string | null;
  readonly dateOfBirth: string;
};

/** One person of the register. */
export async function findPerson(
  db: Database,
  source: RegistrarSource,
  identityNumber: string,
): Promise<PersonRow | undefined> {
  const column = (name: string, as: string) => `${quoted(name)} as "${as}"`;
  const [row] = await db.unsafe<PersonRow[]>(
    `select ${column(source.identityNumber, 'identityNumber')}, ${column(source.nameEn, 'nameEn')},
       ${column(source.nameZh, 'nameZh')}, ${column(source.dateOfBirth, 'dateOfBirth')}
     from ${tableName(source.table)} where ${quoted(source.identityNumber)} = $1`,
    [identityNumber],
  );
  return row;
}

export type Lookup = {
  readonly id: string;
  readonly identityNumber: string;
  readonly replyTo: { kty: string; crv: string; x: string; y: string; kid?: string };
  readonly expiresAt: Date;
};

export async function keepLookup(db: Database, lookup: Lookup): Promise<void> {
  await db`delete from praya_connector.lookups where expires_at < now() - interval '1 hour'`;
  await db`
    insert into praya_connector.lookups (id, identity_number, reply_to, expires_at)
    values (${lookup.id}, ${lookup.identityNumber}, ${db.json(lookup.replyTo as Json)}, ${lookup.expiresAt})`;
}

export async function findLookup(db: Database, id: string, now: Date): Promise<Lookup | undefined> {
  const [row] = await db<Lookup[]>`
    select id, identity_number as "identityNumber", reply_to as "replyTo", expires_at as "expiresAt"
    from praya_connector.lookups where id = ${id} and expires_at > ${now}`;
  return row;
}

export type Enrolment = {
  readonly id: string;
  readonly locator: string;
  readonly salt: string;
  readonly codeHash: string;
  readonly identityNumber: string;
  readonly expiresAt: Date;
  readonly attempts: number;
  readonly redeemedAt: Date | null;
  /** the thumbprint of the passkey that it was redeemed for */
  readonly redeemedFor: string | null;
};

/** The counter's officer, or who runs the register's own machine. */
export type IssuedBy = 'counter' | 'operator';

/** Keeps a code; false where a living code has the same locator. A dead one makes room. */
export async function keepEnrolment(
  db: Database,
  enrolment: Omit<Enrolment, 'attempts' | 'redeemedAt' | 'redeemedFor'> & { readonly issuedBy: IssuedBy },
  now: Date,
): Promise<boolean> {
  const { id, locator, salt, codeHash, identityNumber, expiresAt, issuedBy } = enrolment;
  await db`
    delete from praya_connector.enrolments
    where locator = ${locator} and (expires_at < ${new Date(now.getTime() - 86_400_000)} or redeemed_at is not null)`;
  const rows = await db`
    insert into praya_connector.enrolments (id, locator, salt, code_hash, identity_number, expires_at, issued_by)
    values (${id}, ${locator}, ${salt}, ${codeHash}, ${identityNumber}, ${expiresAt}, ${issuedBy})
    on conflict (locator) do nothing returning 1 as kept`;
  return rows.length === 1;
}

/** The code's row, locked, so that attempts on one code wait for each other. */
export async function lockEnrolment(db: Database, locator: string): Promise<Enrolment | undefined> {
  const [row] = await db<Enrolment[]>`
    select id, locator, salt, code_hash as "codeHash", identity_number as "identityNumber",
      expires_at as "expiresAt", attempts, redeemed_at as "redeemedAt",
      redeemed_for as "redeemedFor"
    from praya_connector.enrolments where locator = ${locator} for update`;
  return row;
}

export async function countAttempt(db: Database, id: string): Promise<void> {
  await db`update praya_connector.enrolments set attempts = attempts + 1 where id = ${id}`;
}

/** Redeems a code; false where it was redeemed before. */
export async function redeemEnrolment(
  db: Database,
  about: { readonly id: string; readonly thumbprint: string; readonly at: Date },
): Promise<boolean> {
  const { id, thumbprint, at } = about;
  const rows = await db`
    update praya_connector.enrolments set redeemed_at = ${at}, redeemed_for = ${thumbprint}
    where id = ${id} and redeemed_at is null and expires_at > ${at} returning 1 as redeemed`;
  return rows.length === 1;
}

/** Certifies a passkey for a person; false where it counts for somebody already. */
export async function addCitizenKey(
  db: Database,
  key: {
    readonly identityNumber: string;
    readonly thumbprint: string;
    readonly jwk: object;
    readonly at: Date;
  },
): Promise<boolean> {
  const rows = await db`
    insert into praya_connector.citizen_keys (thumbprint, identity_number, jwk, added_at)
    values (${key.thumbprint}, ${key.identityNumber}, ${db.json(key.jwk as Json)}, ${key.at})
    on conflict (thumbprint) where removed_at is null do nothing returning 1 as added`;
  return rows.length === 1;
}

export async function removeCitizenKey(
  db: Database,
  key: { readonly identityNumber: string; readonly thumbprint: string; readonly at: Date },
): Promise<boolean> {
  const rows = await db`
    update praya_connector.citizen_keys set removed_at = ${key.at}
    where identity_number = ${key.identityNumber} and thumbprint = ${key.thumbprint} and removed_at is null
    returning 1 as removed`;
  return rows.length === 1;
}

/** The thumbprints of a person's passkeys, locked against change while the transaction lasts. */
export async function citizenKeys(db: Database, identityNumber: string): Promise<string[]> {
  const rows = await db<{ thumbprint: string }[]>`
    select thumbprint from praya_connector.citizen_keys
    where identity_number = ${identityNumber} and removed_at is null order by added_at, thumbprint for update`;
  return rows.map(({ thumbprint }) => thumbprint);
}
