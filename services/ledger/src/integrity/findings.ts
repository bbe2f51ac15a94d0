import type { IntegrityFault } from '../contract.ts';

/** What a recount has noticed: each fault once, the first hundred. */
export type Findings = {
  add(kind: IntegrityFault['kind'], at: string | number): void;
  readonly faults: readonly IntegrityFault[];
};

const MOST_FAULTS = 100;

export function collectFindings(): Findings {
  const faults: IntegrityFault[] = [];
  const seen = new Set<string>();
  return {
    faults,
    add: (kind, at) => {
      const key = `${kind} ${at}`;
      if (faults.length >= MOST_FAULTS || seen.has(key)) return;
      seen.add(key);
      faults.push({ kind, at: String(at) });
    },
  };
}
