import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { EVIDENCE, type LedgerRefusal } from '../contract.ts';
import { isTenant, originOf, shardAt } from './shard-name.ts';
import { findOpenShard, openShard, type Shard } from './store.ts';

export type Shards = {
  /** The origin to which a tenant's entries go now. A half-year that has begun gets its shard here. */
  current(tenant: string): Promise<Result<string, LedgerRefusal>>;
  /** Opens a tenant's log where it is not open yet. */
  open(tenant: string, owner: string | null): Promise<Result<Shard, LedgerRefusal>>;
};

/** Which shard is the current one, remembered until the half-year is over. */
export function createShards(needs: {
  readonly db: Database;
  readonly now: Clock;
  readonly host: string;
}): Shards {
  const { db, now, host } = needs;
  const known = new Map<string, Shard>();

  const renewed = async (tenant: string, owner: string | null): Promise<Shard | undefined> => {
    const at = now();
    const shard = shardAt(at);
    await openShard(db, { origin: originOf({ host, tenant, shard }), tenant, shard, owner, at });
    const open = await findOpenShard(db, tenant);
    if (open !== undefined) known.set(tenant, open);
    return open;
  };

  const open: Shards['open'] = async (tenant, owner) => {
    if (!isTenant(tenant)) return refuse('ledger.tenant-malformed');
    const before = await findOpenShard(db, tenant);
    const shard = await renewed(tenant, before?.owner ?? owner);
    return shard === undefined ? refuse('ledger.log-unknown') : ok(shard);
  };

  const current: Shards['current'] = async (tenant) => {
    const remembered = known.get(tenant);
    if (remembered !== undefined && shardAt(now()) <= remembered.shard) return ok(remembered.origin);
    const before = await findOpenShard(db, tenant);
    if (before === undefined && tenant !== EVIDENCE) return refuse('ledger.log-unknown');
    const shard = await renewed(tenant, before?.owner ?? null);
    return shard === undefined ? refuse('ledger.log-unknown') : ok(shard.origin);
  };

  return { current, open };
}
