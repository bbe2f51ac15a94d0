import { hash } from 'node:crypto';
import { type DatabasePool, openBeside } from '@praya/kernel/database';

/** A connection for one purpose. One that hangs is left behind for a new one. */
export type OwnConnection = {
  db(): DatabasePool;
  reset(): void;
  end(): Promise<void>;
};

/** What the connections of a sequencer call themselves: while the database knows one, its holder lives. */
export function connectionName(holder: string): string {
  return `praya ledger ${hash('sha256', holder).slice(0, 32)}`;
}

/** A connection beside the pool; it connects when first used. No statement on it may hang: it might hold a lock. */
export function openOwn(
  pool: DatabasePool,
  holder: string,
  settings: Record<string, string | number> = {},
): OwnConnection {
  const open = () =>
    openBeside(pool, {
      name: connectionName(holder),
      settings: { statement_timeout: 1000, idle_in_transaction_session_timeout: 1000, ...settings },
    });
  let db = open();
  const close = (old: DatabasePool, seconds: number) => old.end({ timeout: seconds }).catch(() => {});
  return {
    db: () => db,
    reset: () => {
      close(db, 0);
      db = open();
    },
    end: async () => {
      await close(db, 1);
    },
  };
}

/**
 * What the statement answers, or a throw after so many milliseconds, whatever becomes of it.
 * An answer that lies there when the time is over counts: it may be this process that was held up.
 */
export async function within<T>(ms: number, statement: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`No answer from the database in ${ms} ms`));
    timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), ms);
  });
  try {
    return await Promise.race([statement, late]);
  } finally {
    clearTimeout(timer);
  }
}
