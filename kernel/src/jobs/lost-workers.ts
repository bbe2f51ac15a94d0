import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.ts';

type Drum = { beat: () => Promise<void>; stop: () => Promise<void> };

/** How often a runner says it is alive, and how long a silent one is believed to be. */
export const beatMs = 1_000;
export const silenceMs = 5_000;

/**
 * Says every second which locks are held by the living here, and frees the jobs of lockers that nobody has spoken for in five.
 * Judges others only after an unbroken run of its own beats: after an outage of the database everyone looks silent.
 */
export function keepAlive(options: {
  db: Database;
  lockers: () => string[];
  onFreed: (lost: string[]) => void;
}): Drum {
  const { db, lockers, onFreed } = options;
  const id = randomUUID();
  const stopping = new AbortController();
  let unbrokenSince: number | null = null;
  const beat = async () => {
    try {
      await signIn(db, id, lockers());
      unbrokenSince ??= performance.now();
      if (performance.now() - unbrokenSince < silenceMs + beatMs) return;
      const freed = await freeLostJobs(db);
      if (freed.length > 0) onFreed(freed);
    } catch {
      unbrokenSince = null;
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await beat();
      await sleep(beatMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  const stop = async () => {
    stopping.abort();
    await running;
    await db`delete from kernel.job_runners where id = ${id}`.catch(() => {});
  };
  return { beat, stop };
}

async function signIn(db: Database, id: string, lockers: string[]): Promise<void> {
  await db`
    insert into kernel.job_runners (id, lockers) values (${id}, ${lockers})
    on conflict (id) do update set lockers = excluded.lockers, seen_at = clock_timestamp()`;
}

async function freeLostJobs(db: Database): Promise<string[]> {
  const lost = await db<{ locker: string }[]>`
    with alive as (
      select unnest(lockers) as locker from kernel.job_runners
      where seen_at > clock_timestamp() - make_interval(secs => ${silenceMs / 1000})
    )
    select distinct locked_by as locker from graphile_worker._private_jobs
    where locked_at < clock_timestamp() - make_interval(secs => ${silenceMs / 1000})
      and locked_by not in (select locker from alive)`;
  const lockers = lost.map((row) => row.locker);
  if (lockers.length > 0) await db`select graphile_worker.force_unlock_workers(${lockers})`;
  await db`delete from kernel.job_runners where seen_at < clock_timestamp() - interval '1 day'`;
  return lockers;
}
