import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CityProcess } from '@praya/city/play/city-process';

/** The process of a name as the supervisor notes it. */
export function pidOf(city: CityProcess, name: string): number {
  const found = city.processes().find((process) => process.name === name);
  if (found === undefined) throw new Error(`No process ${name} runs`);
  return found.pid;
}

/** The platform's workers: the children of its primary. */
export function workersOf(city: CityProcess): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pidOf(city, 'platform'))], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Ends a process of the city without a word of warning. */
export function killHard(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

/** Waits until something holds; answers after how many milliseconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<number> {
  const beganAt = performance.now();
  for (;;) {
    if (await holds()) return Math.round(performance.now() - beganAt);
    if (performance.now() - beganAt > timeoutMs) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}

/** Whether an address answers 200 now. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
