import { type Database, isUniqueViolation, transaction } from '@praya/kernel/database';

/** One shard of a tenant's log. */
export type Shard = {
  readonly origin: string;
  readonly tenant: string;
  readonly shard: string;
  readonly owner: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
};

/** The open shard of a tenant. */
export async function findOpenShard(db: Database, tenant: string): Promise<Shard | undefined> {
  const [row] = await db<Shard[]>`
    select origin, tenant, shard, owner, opened_at as "openedAt", closed_at as "closedAt" from logs
    where tenant = ${tenant} and closed_at is null`;
  return row;
}

/** Every shard, a tenant's newest first. */
export async function listShards(db: Database): Promise<readonly Shard[]> {
  return db<Shard[]>`
    select origin, tenant, shard, owner, opened_at as "openedAt", closed_at as "closedAt" from logs order by tenant, shard desc`;
}

/**
 * Opens a shard and closes the one before it. Where another process was quicker nothing happens.
 * A shard that is older than the open one is never opened: a clock that runs backwards changes nothing.
 */
export async function openShard(
  db: Database,
  next: Pick<Shard, 'origin' | 'tenant' | 'shard' | 'owner'> & { readonly at: Date },
): Promise<void> {
  try {
    await transaction(db, async (tx) => {
      await tx`update logs set closed_at = ${next.at}
        where tenant = ${next.tenant} and closed_at is null and shard < ${next.shard}`;
      const opened = await tx`
        insert into logs (origin, tenant, shard, owner, opened_at)
        select ${next.origin}, ${next.tenant}, ${next.shard}, ${next.owner}, ${next.at}
        where not exists (select from logs where tenant = ${next.tenant} and closed_at is null)`;
      if (opened.count === 0) return;
      await tx`insert into sequences (origin) values (${next.origin})`;
      await tx`insert into trees (origin) values (${next.origin})`;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
}
