import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@praya/kernel/database';
import type { Log } from '@praya/kernel/log';
import type { Publisher } from '../publication/publisher.ts';
import { haltBehind } from '../publication/store.ts';
import { listStandings } from '../store.ts';

const AGAIN_MS = 1000;

/**
 * Asks the witnesses of every open log whether they have seen more than it holds, and halts it if so: a restored backup is
 * noticed when the process starts, not when the first entry comes. Who does not answer is asked again.
 */
export async function confirmAtStart(needs: {
  readonly db: Database;
  readonly publisher: Pick<Publisher, 'confirm'>;
  readonly log: Log;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { db, publisher, log, signal } = needs;
  const confirm = async ({ origin, sequenced }: { origin: string; sequenced: number }) => {
    while (!signal.aborted) {
      const verdict = await publisher.confirm(origin, sequenced).catch(() => 'unknown' as const);
      if (verdict === 'confirmed') return;
      // Whoever has gone on meanwhile was confirmed.
      if (verdict === 'behind') return void (await haltBehind(db, origin, sequenced + 1));
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  try {
    const open = (await listStandings(db)).filter((one) => one.closedAt === null && one.halted === null);
    await Promise.all(open.map(confirm));
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the logs could not be confirmed at the start');
  }
}
