import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { openDatabase } from './database.ts';
import { keepAlive } from './jobs/lost-workers.ts';
import { roomDatabaseUrl } from './migrate.ts';
import type { DomainEvent } from './outbox.ts';

/** What a handler knows of the attempt it is in. */
export type JobContext = { jobId: string; attempt: number; maxAttempts: number; signal: AbortSignal };

export type JobHandler = (payload: Record<string, unknown>, context: JobContext) => Promise<void>;
export type Listener = (event: DomainEvent, context: JobContext) => Promise<void>;

/** When a job is added by the clock; `match` is a crontab pattern in UTC. */
export type CronJob = { job: string; match: string; payload?: Record<string, unknown> };

/** The part of a pino logger that the runner writes to. */
export type JobLog = {
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
};

export type JobOptions = {
  /** Of the queue's own role; see `jobsDatabaseUrl`. */
  url: string;
  handlers: Record<string, JobHandler>;
  /** Event name → listener name → what it does. Each listener of an event is a job of its own and retries alone. */
  listeners: Record<string, Record<string, Listener>>;
  cron?: CronJob[];
  concurrency?: number;
  log: JobLog;
};

export type Jobs = { stop: () => Promise<void> };

/** The connection string of the job queue's role. */
export function jobsDatabaseUrl(adminUrl: string, masterKey: Uint8Array): string {
  return roomDatabaseUrl(adminUrl, masterKey, 'jobs');
}

/**
 * Runs jobs and tells events to their listeners until stopped; any number of processes may do so on one database.
 * It comes back after the database was away; jobs of a process that was killed are taken up again within ten seconds.
 */
export async function startJobs(options: JobOptions): Promise<Jobs> {
  const { url, log, concurrency = 5 } = options;
  const lockers = new Set<string>();
  const events: WorkerEvents = new EventEmitter();
  // Jobs are locked in the pool's name; a runner that begins again has a new pool and the old one is lost.
  events.on('pool:create', ({ workerPool }) => {
    lockers.clear();
    lockers.add(workerPool.id);
  });
  const begin = () =>
    run({
      connectionString: named(url),
      taskList: taskListOf(options),
      parsedCronItems: parseCronItems((options.cron ?? []).map(cronItemOf)),
      concurrency,
      maxPoolSize: concurrency + 2,
      pollInterval: 1_000,
      noHandleSignals: true,
      events,
      logger: loggerOf(log),
    });
  const db = openDatabase(url, { max: 1, name: 'praya jobs alive' });
  const first = await begin();
  const drum = keepAlive({
    db,
    lockers: () => [...lockers],
    onFreed: (freed) => log.warn({ lost: freed }, 'Jobs of lost workers are free again'),
  });
  const stopRunner = superviseRunner(first, begin, log);
  const stop = async () => {
    await stopRunner();
    await drum.stop();
    await db.end({ timeout: 2 });
  };
  return { stop };
}

// The queue gives up when the database stays away for long; we begin again, for as long as it takes.
function superviseRunner(first: Runner, begin: () => Promise<Runner>, log: JobLog): () => Promise<void> {
  const stopping = new AbortController();
  let runner: Runner | null = first;
  const watch = (async () => {
    while (!stopping.signal.aborted) {
      try {
        runner ??= await begin();
        await runner.promise;
      } catch (error) {
        log.error({ err: error }, 'The job runner ended and begins again');
      }
      if (stopping.signal.aborted) return;
      runner = null;
      await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return async () => {
    stopping.abort();
    await runner?.stop().catch(() => {});
    await watch;
    await runner?.stop().catch(() => {});
  };
}

function taskListOf({ handlers, listeners }: JobOptions): TaskList {
  const tasks: TaskList = {
    event: async (payload, helpers) => {
      const event = payload as DomainEvent;
      const names = Object.keys(listeners[event.name] ?? {});
      const jobKey = (name: string) => `event:${helpers.job.id}:${name}`;
      const jobs = names.map((name) => ({
        identifier: taskOf(event.name, name),
        payload: event,
        jobKey: jobKey(name),
      }));
      if (jobs.length > 0) await helpers.addJobs(jobs);
    },
  };
  for (const [job, handler] of Object.entries(handlers)) tasks[job] = taskRunning(handler);
  for (const [event, byName] of Object.entries(listeners)) {
    for (const [name, listener] of Object.entries(byName))
      tasks[taskOf(event, name)] = taskRunning(listener as JobHandler);
  }
  return tasks;
}

function taskRunning(handler: JobHandler): TaskList[string] {
  return async (payload, { job, abortSignal }) => {
    const context = {
      jobId: job.id,
      attempt: job.attempts,
      maxAttempts: job.max_attempts,
      signal: abortSignal,
    };
    await handler((payload ?? {}) as Record<string, unknown>, context);
  };
}

function taskOf(event: string, listener: string): string {
  return `on:${event}:${listener}`;
}

function cronItemOf({ job, match, payload }: CronJob) {
  const item = {
    task: job,
    match,
    options: { jobKey: `cron:${job}`, jobKeyMode: 'preserve_run_at' as const },
  };
  return payload === undefined ? item : { ...item, payload };
}

function named(url: string): string {
  const address = new URL(url);
  address.searchParams.set('application_name', 'praya jobs');
  return address.href;
}

// The queue tells failures of jobs as errors; whether one more attempt follows is in the message.
function loggerOf(log: JobLog): Logger {
  return new Logger((scope) => (level, message, meta) => {
    const { error, failure } = (meta ?? {}) as { error?: unknown; failure?: unknown };
    const fields = {
      ...scope,
      ...(error instanceof Error ? { err: error } : {}),
      ...(failure instanceof Error ? { err: failure } : {}),
    };
    if (level === 'error') log.error(fields, message);
    if (level === 'warning') log.warn(fields, message);
  });
}
