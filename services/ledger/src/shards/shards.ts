import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { EVIDENCE, type LedgerRefusal } from '../contract.ts';
import { endOf, isTenant, originOf, shardAt, successorOf } from './shard-name.ts';
import { findOpenShard, listShards, openShard, type Shard } from './store.ts';

export type Shards = {
  /** The origin to which a tenant's entries go now. A half-year that has begun gets its shard here. */
  current(tenant: string): Promise<Result<string, LedgerRefusal>>;
  /** Opens a tenant's log where it is not open yet. */
  open(tenant: string, owner: string | null): Promise<Result<Shard, LedgerRefusal>>;
  /** Ends an open shard and opens its successor. */
  succeed(origin: string): Promise<Result<Shard, LedgerRefusal>>;
};

const LOOK_AGAIN_MS = 1000;

type Known = {
  readonly endsAt: number;
  readonly seenAt: number;
  readonly answer: Promise<Result<string, LedgerRefusal>>;
};

/** Which shard is the current one, remembered until the half-year is over. */
export function createShards(needs: {
  readonly db: Database;
  readonly now: Clock;
  readonly host: string;
}): Shards {
  const { db, now, host } = needs;
  const known = new Map<string, Known>();
  const looking = new Map<string, Promise<Result<string, LedgerRefusal>>>();
  const remember = ({ tenant, shard, origin }: Shard) =>
    known.set(tenant, {
      endsAt: endOf(shard),
      seenAt: performance.now(),
      answer: Promise.resolve(ok(origin)),
    });

  // Another process may have ended it early.
  const isCurrent = (one: Known) =>
    now().getTime() < one.endsAt && performance.now() - one.seenAt < LOOK_AGAIN_MS;

  const renewed = async (tenant: string, owner: string | null): Promise<Shard | undefined> => {
    const at = now();
    const shard = shardAt(at);
    await openShard(db, { origin: originOf({ host, tenant, shard }), tenant, shard, owner, at });
    const open = await findOpenShard(db, tenant);
    if (open !== undefined) remember(open);
    return open;
  };

  const open: Shards['open'] = async (tenant, owner) => {
    if (!isTenant(tenant)) return refuse('ledger.tenant-malformed');
    const before = await findOpenShard(db, tenant);
    const shard = await renewed(tenant, before?.owner ?? owner);
    return shard === undefined ? refuse('ledger.log-unknown') : ok(shard);
  };

  // Asked for every entry. When it is time to look again, one looks for all who ask meanwhile.
  const current: Shards['current'] = (tenant) => {
    const remembered = known.get(tenant);
    if (remembered !== undefined && isCurrent(remembered)) return remembered.answer;
    const answer = looking.get(tenant) ?? look(tenant).finally(() => looking.delete(tenant));
    looking.set(tenant, answer);
    return answer;
  };

  const look: Shards['current'] = async (tenant) => {
    const before = await findOpenShard(db, tenant);
    if (before !== undefined && shardAt(now()) <= before.shard) {
      remember(before);
      return ok(before.origin);
    }
    if (before === undefined && tenant !== EVIDENCE) return refuse('ledger.log-unknown');
    const shard = await renewed(tenant, before?.owner ?? null);
    return shard === undefined ? refuse('ledger.log-unknown') : ok(shard.origin);
  };

  const succeed: Shards['succeed'] = async (origin) => {
    const ending = (await listShards(db)).find((one) => one.origin === origin && one.closedAt === null);
    if (ending === undefined) return refuse('ledger.log-unknown');
    const { tenant, owner } = ending;
    const shard = successorOf(ending.shard);
    await openShard(db, { origin: originOf({ host, tenant, shard }), tenant, shard, owner, at: now() });
    const open = await findOpenShard(db, tenant);
    if (open === undefined) return refuse('ledger.log-unknown');
    remember(open);
    return ok(open);
  };

  return { current, open, succeed };
}
