import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../settings.ts';

/** Waits until an address answers 200; answers whether it did in time. */
export async function answersInTime(url: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return true;
    await sleep(100);
  }
  return false;
}

/** Whether the trust list of the platform here names no organisation. */
export async function isNotFounded({ PRAYA_PORT }: Settings): Promise<boolean> {
  const response = await fetch(`http://localhost:${PRAYA_PORT}/directory/v1/trust-list`);
  const [, payload = ''] = (await response.text()).split('.');
  const list: { organisations?: unknown[] } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return list.organisations?.length === 0;
}
