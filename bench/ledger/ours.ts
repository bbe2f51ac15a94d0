import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { createKeyring } from '@praya/kernel/keyring';
import { createLog } from '@praya/kernel/log';
import { migrate, roomDatabaseUrl } from '@praya/kernel/migrate';
import { migrationsOf, testMasterKey } from '@praya/kernel/testing';
import { createLedger, type LedgerRoom, logKeyLifetimes } from '@praya/ledger/service';
import type { GrowingLog } from './curve.ts';
import type { BenchStore } from './store.ts';

/** One of our logs in this process, with everything that follows an acknowledgement. */
export type OurLog = GrowingLog & {
  /** Waits until everything is under a published checkpoint; this log has no witnesses. */
  published(): Promise<void>;
};

/** The host in the origins of the benchmark's logs, and the organisation that owns them. */
export const HOST = 'bench.test';
export const OWNER = 'org_bench';

const BUSY_PAUSE_MS = 5;
const LOOK_MS = 20;

/** The address of the ledger's database under its role, made at the first call. */
export async function ledgerDatabase(store: BenchStore): Promise<string> {
  const adminUrl = await store.database('ledger');
  const rooms = [{ ...migrationsOf('ledger'), keyring: true }];
  await migrate({ adminUrl, masterKey: testMasterKey, rooms });
  return roomDatabaseUrl(adminUrl, testMasterKey, 'ledger');
}

/** The room as the platform runs it, with tiles in the database; the caller stops it and ends its pool. */
export function runLedger(db: DatabasePool): LedgerRoom {
  const now = () => new Date();
  const about = { db, masterKey: testMasterKey, room: 'ledger', algorithm: 'EdDSA', now } as const;
  return createLedger({
    db,
    now,
    host: HOST,
    signerOf: (origin) => createKeyring({ ...about, purpose: `log:${origin}`, lifetimes: logKeyLifetimes }),
    log: createLog({ service: 'bench', level: 'warn' }),
  });
}

/** Opens the log of a tenant. */
export async function openOurs(store: BenchStore, tenant: string): Promise<OurLog> {
  const db = openDatabase(await ledgerDatabase(store), { max: 10 });
  const ledger = runLedger(db);
  const opened = await ledger.open(tenant, OWNER);
  if (!opened.ok) throw new Error(opened.refusal.code);
  const reached = (what: 'integrated' | 'published') => untilAll(db, opened.value.origin, what);
  return {
    append: async (entries) => {
      for (;;) {
        const placed = await ledger.sequence(entries, tenant);
        if (placed.ok) return;
        // Back-pressure: a caller comes back, as the answer says.
        if (placed.refusal.code !== 'ledger.busy') throw new Error(placed.refusal.code);
        await sleep(BUSY_PAUSE_MS);
      }
    },
    settled: () => reached('integrated'),
    published: async () => void (await reached('published')),
    [Symbol.asyncDispose]: async () => {
      await ledger.stop();
      await db.end({ timeout: 1 });
    },
  };
}

async function untilAll(db: DatabasePool, origin: string, what: 'integrated' | 'published'): Promise<number> {
  for (;;) {
    const [row] = await db<{ sequenced: bigint; integrated: bigint; published: bigint }[]>`
      select sequences.size as sequenced, trees.size as integrated, published_size as published
      from sequences join trees using (origin) where origin = ${origin}`;
    if (row !== undefined && row[what] === row.sequenced) return Number(row.sequenced);
    await sleep(LOOK_MS);
  }
}
