import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLogFile } from './log-file.ts';

/** A process of the city: a script, its environment, and where its output goes. */
export type ChildPlan = {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
};

/** A process that is kept running until stopped. */
export type Child = {
  readonly name: string;
  pid(): number | undefined;
  stop(): Promise<void>;
};

/** What is told about a process while it is kept running. */
export type Watcher = {
  note(message: string): void;
  /** its process id is another now */
  started(): void;
};

const STOP_MS = 10_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
const STEADY_MS = 30_000;

/**
 * Starts a process and starts it again when it dies, a little later each time.
 * The IPC channel is the lifeline: a child ends when it closes, so none outlives us.
 */
export function keepRunning(plan: ChildPlan, watcher: Watcher): Child {
  let current: ChildProcess | undefined;
  let stopping = false;
  const loop = (async () => {
    let delayMs = FIRST_DELAY_MS;
    while (!stopping) {
      const startedAt = Date.now();
      current = forkChild(plan);
      watcher.started();
      const ending = await exitOf(current);
      if (stopping) return;
      if (Date.now() - startedAt > STEADY_MS) delayMs = FIRST_DELAY_MS;
      watcher.note(`${plan.name} ended (${ending}); starting it again. See ${plan.logFile}`);
      await sleep(delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    }
  })();
  const stop = async () => {
    stopping = true;
    if (current?.exitCode === null && current.signalCode === null) current.kill('SIGTERM');
    const killed = sleep(STOP_MS, undefined, { ref: false }).then(() => current?.kill('SIGKILL'));
    await Promise.race([loop, killed.then(() => loop)]);
  };
  return { name: plan.name, pid: () => current?.pid, stop };
}

/** Runs a script to its end; answers its exit code. */
export async function runToEnd(plan: ChildPlan): Promise<number> {
  const child = forkChild(plan);
  await exitOf(child);
  return child.exitCode ?? 1;
}

function forkChild(plan: ChildPlan): ChildProcess {
  mkdirSync(dirname(plan.logFile), { recursive: true });
  const output = openLogFile(plan.logFile);
  // A process group of its own, so that Ctrl-C reaches the supervisor alone, which then stops each in order.
  const child = fork(plan.script, [], {
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(dirname(plan.logFile), '..', 'cache'),
      ...plan.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  child.once('close', () => output.end());
  return child;
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
