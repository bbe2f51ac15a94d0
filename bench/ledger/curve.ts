import { type Measured, median, round } from '../load.ts';
import { type Appender, createEntries, drive, SINGLE } from './appender.ts';

/** A log that can say how far it is. */
export type GrowingLog = Appender & {
  /** Waits until everything that was acknowledged is in tiles; answers how many entries that are. */
  settled(): Promise<number>;
};

/** What an entry costs in a log of this size. */
export type CurvePoint = {
  readonly size: number;
  readonly microsecondsPerEntry: number;
  readonly perSecond: number;
  readonly p99Ms: number;
};

const RUNS = 3;
const RUN_ENTRIES = 30_000;
const FILL_CALLS = 8;
const FILL_ENTRIES = 1024;

/** Fills a log and measures on the way: single entries, 512 in flight, the middle one of three runs at each size. */
export async function growthCurve(
  log: GrowingLog,
  about: { readonly sizes: readonly number[]; say(line: string): void },
): Promise<readonly CurvePoint[]> {
  const points: CurvePoint[] = [];
  for (const wanted of about.sizes) {
    const startedAt = performance.now();
    const from = await log.settled();
    await fill(log, wanted - from);
    const size = await log.settled();
    const filledIn = (performance.now() - startedAt) / 1000;
    const runs: Measured[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await drive(log, { ...SINGLE, count: RUN_ENTRIES }));
    const { perSecond, p99Ms } = median(runs);
    points.push({ size, microsecondsPerEntry: round(1e6 / perSecond), perSecond, p99Ms });
    about.say(
      `${size} entries: filled in ${filledIn.toFixed(1)} s, then ${round(1e6 / perSecond)} µs an entry`,
    );
  }
  return points;
}

async function fill(log: Appender, count: number): Promise<void> {
  const entries = createEntries();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const some = Math.min(left, FILL_ENTRIES);
      left -= some;
      await log.append(entries.take(some));
    }
  };
  await Promise.all(Array.from({ length: FILL_CALLS }, lane));
}
