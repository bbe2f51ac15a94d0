import { setTimeout as sleep } from 'node:timers/promises';

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
