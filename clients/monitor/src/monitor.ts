import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOf } from './alarm.ts';
import { type Look, look, type Monitored } from './look.ts';
import type { Figures } from './metrics.ts';
import { createReporter, type MonitorEvent } from './report.ts';
import { type MonitorState, readState, writeState } from './state-file.ts';
import type { Webhook } from './webhook.ts';

/** A monitor and where it tells what it finds. */
export type Monitor = Monitored & {
  readonly stateFile: string;
  /** Where the notes go that prove an alarm. */
  readonly evidence: string;
  readonly webhook: Webhook | null;
  readonly figures: Figures | null;
  tell(event: MonitorEvent): void;
};

/**
 * Looks once; answers the exit code, that of the worst alarm.
 *
 * Errors  StateDamaged
 */
export async function monitorOnce(monitor: Monitor): Promise<number> {
  const { alarms } = await createRounds(monitor).next();
  await monitor.webhook?.settled();
  return exitCodeOf(alarms);
}

/**
 * Looks again and again until told to end; answers the exit code of the last look.
 *
 * Errors  StateDamaged
 */
export async function follow(
  monitor: Monitor,
  by: { everyMs: number; signal: AbortSignal },
): Promise<number> {
  const rounds = createRounds(monitor);
  let code = 0;
  while (!by.signal.aborted) {
    code = exitCodeOf((await rounds.next()).alarms);
    await sleep(by.everyMs, null, { signal: by.signal }).catch(() => undefined);
  }
  return code;
}

function createRounds(monitor: Monitor): { next(): Promise<Look> } {
  const { stateFile, key, webhook, figures } = monitor;
  const reporter = createReporter({ origin: key.name, evidence: monitor.evidence });
  let state: MonitorState | null = readState(stateFile, key.name);
  return {
    next: async () => {
      const seen = await look(monitor, state);
      figures?.note(seen);
      for (const event of reporter.eventsOf(seen)) {
        monitor.tell(event);
        if (event.event !== 'checkpoint') webhook?.send(event);
      }
      // Told before it is remembered: after a crash an entry is told twice, not never.
      if (seen.state !== null && seen.state !== state) writeState(stateFile, seen.state);
      state = seen.state;
      return seen;
    },
  };
}
