import type { Check } from '@praya/verifier/checks';
import type { Invocation } from '../command.ts';

/** What was found, and by what it was checked. */
export type Verdict = {
  readonly kind: 'receipt' | 'notarisation' | 'proof' | 'statement';
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** `the anchor …`, `the key given` */
  readonly by: string;
  /** what a person reads below the checks */
  readonly lines: readonly string[];
  /** what a program gets beside the checks */
  readonly facts: object;
};

/** Says the verdict, and answers the exit code. */
export function tell(verdict: Verdict, { json }: Pick<Invocation, 'json'>): number {
  const { kind, ok, checks, by, lines, facts } = verdict;
  if (json) {
    console.log(JSON.stringify({ kind, ok, checks, ...facts }));
    return ok ? 0 : 1;
  }
  for (const check of checks) {
    const why = check.ok ? '' : `  ${[check.code, check.detail].filter(Boolean).join(' ')}`;
    console.log(`${check.ok ? '✓' : '✗'} ${check.name}${why}`);
  }
  if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
  console.log(`\n${ok ? 'Valid' : 'NOT VALID'} under ${by}`);
  return ok ? 0 : 1;
}
