import { setTimeout as sleep } from 'node:timers/promises';
import type { MonitorEvent } from './report.ts';

/** Sends events to an address, in order, each as a POST of JSON. */
export type Webhook = {
  send(event: MonitorEvent): void;
  /** Settles when everything was sent or given up; answers how many were given up. */
  settled(): Promise<number>;
};

const TRIES = 6;
const FIRST_PAUSE_MS = 1000;
const PATIENCE_MS = 10_000;
const QUEUE_MAX = 1000;

/**
 * A webhook. An event is tried six times, after 1, 2, 4, 8 and 16 s, unless the answer is that it will never be taken.
 * When a thousand wait, new ones are given up.
 */
export function createWebhook(about: {
  readonly url: string;
  readonly ask: typeof fetch;
  readonly firstPauseMs?: number;
  failed(event: MonitorEvent, why: string): void;
}): Webhook {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let lost = 0;
  const lose = (event: MonitorEvent, why: string) => {
    lost += 1;
    about.failed(event, why);
  };
  return {
    send: (event) => {
      if (waiting >= QUEUE_MAX) return lose(event, 'too many are waiting');
      waiting += 1;
      last = last.then(async () => {
        const why = await deliver(event, about);
        waiting -= 1;
        if (why !== null) lose(event, why);
      });
    },
    settled: async () => {
      await last;
      return lost;
    },
  };
}

async function deliver(
  event: MonitorEvent,
  { url, ask, firstPauseMs = FIRST_PAUSE_MS }: { url: string; ask: typeof fetch; firstPauseMs?: number },
): Promise<string | null> {
  for (let turn = 0; ; turn += 1) {
    const { why, again } = await post(event, { url, ask });
    if (why === null || !again || turn === TRIES - 1) return why;
    await sleep(firstPauseMs * 2 ** turn);
  }
}

async function post(
  event: MonitorEvent,
  { url, ask }: { url: string; ask: typeof fetch },
): Promise<{ why: string | null; again: boolean }> {
  try {
    const response = await ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    const again = response.status === 429 || response.status >= 500;
    return { why: response.ok ? null : `it answers ${response.status}`, again };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), again: true };
  }
}
