import { ledger } from './ledger.ts';
import { skeleton } from './skeleton.ts';

/** Figures by name; the unit is in the name (`exchangesPerSecond`, `p99Ms`). */
export type Figures = Readonly<Record<string, number>>;

/** What was aimed at, what came of it, and whether that is enough. */
export type Target = { readonly aim: string; readonly got: number; readonly met: boolean };

/** One benchmark: ours and its baselines in turn, in one run. */
export type Benchmark = {
  readonly about: string;
  /** `flags` as they stand behind the name, `--quick` */
  run(
    say: (line: string) => void,
    flags: ReadonlySet<string>,
  ): Promise<{
    readonly ours: Figures;
    readonly baselines: Readonly<Record<string, Figures>>;
    readonly ratios: Figures;
    readonly targets?: Readonly<Record<string, Target>>;
  }>;
};

export const BENCHMARKS: Readonly<Record<string, Benchmark>> = { skeleton, ledger };
