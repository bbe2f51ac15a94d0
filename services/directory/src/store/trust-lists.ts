import type { Database } from '@praya/kernel/database';

export type StoredTrustList = { sequence: number; digest: string; issuedAt: Date; jws: string };

/** The latest list. */
export async function readTrustList(db: Database): Promise<StoredTrustList | undefined> {
  const [row] = await db<(Omit<StoredTrustList, 'sequence'> & { sequence: bigint })[]>`
    select sequence, digest, issued_at as "issuedAt", jws from trust_lists order by sequence desc limit 1`;
  return row === undefined ? undefined : { ...row, sequence: Number(row.sequence) };
}

/** Keeps a list; the one of the same number is replaced by its renewal. */
export async function saveTrustList(tx: Database, list: StoredTrustList): Promise<void> {
  await tx`
    insert into trust_lists (sequence, digest, issued_at, jws)
    values (${list.sequence}, ${list.digest}, ${list.issuedAt}, ${list.jws})
    on conflict (sequence) do update set issued_at = excluded.issued_at, jws = excluded.jws`;
}
