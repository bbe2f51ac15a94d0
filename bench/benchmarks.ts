import { skeleton } from './skeleton.ts';

/** Figures by name; the unit is in the name (`exchangesPerSecond`, `p99Ms`). */
export type Figures = Readonly<Record<string, number>>;

/** One benchmark: ours and its baselines in turn, in one run. */
export type Benchmark = {
  readonly about: string;
  run(say: (line: string) => void): Promise<{
    readonly ours: Figures;
    readonly baselines: Readonly<Record<string, Figures>>;
    readonly ratios: Figures;
  }>;
};

export const BENCHMARKS: Readonly<Record<string, Benchmark>> = { skeleton };
