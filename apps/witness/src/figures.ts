import type { Metrics } from '@praya/kernel/metrics';
import { type Answer, WHYS } from './add-checkpoint.ts';
import type { WitnessState } from './state/state.ts';

/** What `/metrics` tells of a witness. */
export type Figures = {
  answered(answer: Answer): void;
  failed(status: number): void;
  listRead(conflicts: number): void;
  listFailed(): void;
};

export function figuresOf(metrics: Metrics, state: WitnessState): Figures {
  const answers = metrics.counter('praya_witness_answers_total', 'Answers to add-checkpoint', ['why']);
  const failures = metrics.counter('praya_witness_failures_total', 'Requests not decided on', ['status']);
  const lists = metrics.counter('praya_witness_list_reads_total', 'Readings of the list of logs', [
    'outcome',
  ]);
  const conflicts = metrics.gauge(
    'praya_witness_key_conflicts',
    'Logs that the list names with another key than the one they were first known by',
  );
  for (const why of WHYS) answers.inc({ why }, 0);
  const size = metrics.gauge('praya_witness_log_size', 'Size last cosigned', ['origin']);
  const time = metrics.gauge('praya_witness_cosigned_seconds', 'Time of the last cosignature', ['origin']);
  // One reading for both: prom-client asks each gauge when the page is made.
  Object.assign(size, {
    collect: () => {
      for (const { origin, size: cosigned, timestamp } of state.logs()) {
        size.set({ origin }, cosigned);
        time.set({ origin }, timestamp);
      }
    },
  });
  return {
    answered: ({ why }) => answers.inc({ why }),
    failed: (status) => failures.inc({ status: String(status) }),
    listRead: (found) => {
      lists.inc({ outcome: 'read' });
      conflicts.set(found);
    },
    listFailed: () => lists.inc({ outcome: 'failed' }),
  };
}
