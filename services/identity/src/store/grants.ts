import type { Clock } from '@praya/kernel/clock';
import { type Database, transaction } from '@praya/kernel/database';
import type { Sealer } from '../seal.ts';
import { rowKey } from './keys.ts';
import { dropMomentsOfGrant } from './moments.ts';

type Row = { sealed: Uint8Array; consumed_at?: Date | null };
type Stored = { readonly payload: unknown; readonly consumedAt: Date | null };

/** Grants and refresh tokens: what must outlive a crash. */
export type Grants = {
  putGrant(id: string, value: { payload: unknown; consentId: string | null; expiresAt: Date }): Promise<void>;
  findGrant(id: string): Promise<unknown>;
  dropGrant(id: string): Promise<void>;
  putRefreshToken(id: string, value: { payload: unknown; grantId: string; expiresAt: Date }): Promise<void>;
  findRefreshToken(id: string): Promise<Stored | undefined>;
  consumeRefreshToken(id: string): Promise<boolean>;
  dropRefreshToken(id: string): Promise<void>;
  dropRefreshTokensOf(grantId: string): Promise<void>;
  /** Ends every grant of a consent and all that came from it. */
  dropOfConsent(consentId: string): Promise<void>;
};

/** The grants of one database. */
export function createGrants(needs: { db: Database; sealer: Sealer; now: Clock }): Grants {
  const { db, sealer, now } = needs;
  return {
    putGrant: async (id, { payload, consentId, expiresAt }) => {
      const key = rowKey('Grant', id);
      await db`
        insert into grants (key, consent_id, sealed, expires_at)
        values (${key}, ${consentId}, ${sealer.seal(payload, key)}, ${expiresAt})
        on conflict (key) do update
        set sealed = excluded.sealed, consent_id = excluded.consent_id, expires_at = excluded.expires_at`;
    },
    findGrant: async (id) => {
      const key = rowKey('Grant', id);
      const [row] = await db<Row[]>`select sealed from grants where key = ${key}`;
      return row && sealer.open(row.sealed, key);
    },
    dropGrant: async (id) => {
      await db`delete from grants where key = ${rowKey('Grant', id)}`;
    },
    putRefreshToken: async (id, { payload, grantId, expiresAt }) => {
      const key = rowKey('RefreshToken', id);
      await db`
        insert into refresh_tokens (key, grant_key, sealed, expires_at)
        values (${key}, ${rowKey('Grant', grantId)}, ${sealer.seal(payload, key)}, ${expiresAt})
        on conflict (key) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`;
    },
    findRefreshToken: async (id) => {
      const key = rowKey('RefreshToken', id);
      const [row] = await db<Row[]>`select sealed, consumed_at from refresh_tokens where key = ${key}`;
      return row && { payload: sealer.open(row.sealed, key), consumedAt: row.consumed_at ?? null };
    },
    consumeRefreshToken: async (id) => {
      const taken = await db`
        update refresh_tokens set consumed_at = ${now()}
        where key = ${rowKey('RefreshToken', id)} and consumed_at is null returning 1`;
      return taken.length === 1;
    },
    dropRefreshToken: async (id) => {
      await db`delete from refresh_tokens where key = ${rowKey('RefreshToken', id)}`;
    },
    dropRefreshTokensOf: async (grantId) => {
      await db`delete from refresh_tokens where grant_key = ${rowKey('Grant', grantId)}`;
    },
    dropOfConsent: (consentId) => dropOfConsent(db, consentId),
  };
}

async function dropOfConsent(db: Database, consentId: string): Promise<void> {
  await transaction(db, async (tx) => {
    const gone = await tx<{ key: Uint8Array }[]>`
      delete from grants where consent_id = ${consentId} returning key`;
    for (const { key } of gone) {
      await tx`delete from refresh_tokens where grant_key = ${key}`;
      await dropMomentsOfGrant(tx, key);
    }
  });
}

/** Removes grants and refresh tokens that ended a day ago, a thousand at a time. */
export async function dropEndedGrants(db: Database, at: Date): Promise<void> {
  const before = new Date(at.getTime() - 24 * 60 * 60 * 1000);
  await db`
    delete from refresh_tokens
    where key in (select key from refresh_tokens where expires_at < ${before} limit 1000)`;
  await db`delete from grants where key in (select key from grants where expires_at < ${before} limit 1000)`;
}
