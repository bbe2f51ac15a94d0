import type { Figures } from './benchmarks.ts';

/** What a load brought: how many a second, and how long one took. */
export type Measured = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly count: number;
};

/** When a load ends: after so long, or when a task has been done so often. */
export type Extent = { readonly seconds: number } | { readonly count: number };

/** Keeps so many of a task in flight; the first failure ends the run. */
export async function keepInFlight(
  about: { readonly inFlight: number } & Extent,
  task: (position: number) => Promise<void>,
): Promise<Measured> {
  const startedAt = performance.now();
  const until = 'seconds' in about ? startedAt + about.seconds * 1000 : Number.POSITIVE_INFINITY;
  let left = 'count' in about ? about.count : Number.POSITIVE_INFINITY;
  const durations: number[] = [];
  const lane = async (position: number): Promise<void> => {
    while (performance.now() < until && left > 0) {
      left -= 1;
      const beganAt = performance.now();
      await task(position);
      durations.push(performance.now() - beganAt);
    }
  };
  await Promise.all(Array.from({ length: about.inFlight }, (_, position) => lane(position)));
  const seconds = (performance.now() - startedAt) / 1000;
  durations.sort((a, b) => a - b);
  const at = (share: number) =>
    round(durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? 0);
  return {
    perSecond: round(durations.length / seconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    count: durations.length,
  };
}

/** The middle run of several, by rate: one disturbed run says nothing. */
export function median(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('No runs');
  return middle;
}

/** Rows of figures as a table for a person. */
export function table(rows: Readonly<Record<string, Figures>>): string {
  const columns = [...new Set(Object.values(rows).flatMap((figures) => Object.keys(figures)))];
  const name = Math.max(...Object.keys(rows).map((key) => key.length)) + 2;
  const width = Math.max(...columns.map((column) => column.length), 10) + 2;
  const head = ' '.repeat(name) + columns.map((column) => column.padStart(width)).join('');
  const lines = Object.entries(rows).map(
    ([key, figures]) =>
      key.padEnd(name) + columns.map((column) => String(figures[column] ?? '').padStart(width)).join(''),
  );
  return [head, ...lines].join('\n');
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
