import type { Database, Json } from './database.ts';

/** Something that happened, told to whoever listens; ids and the instant, no personal data. */
export type DomainEvent = { name: string; at: string | Date } & Record<string, unknown>;

/** Work to be done later, once, by a named handler. */
export type JobRequest = {
  job: string;
  payload: Record<string, unknown>;
  runAt?: Date;
  /** A job that waits under the same key of the same room is replaced. */
  key?: string;
  /** 25 when not said; waits e, e², … seconds between attempts. */
  maxAttempts?: number;
};

/** Tells an event in the transaction of the change it speaks of: both happen or neither. Listeners hear it at least once. */
export async function emit(tx: Database, event: DomainEvent): Promise<void> {
  await tx`select kernel.emit(${tx.json(event as Json)})`;
}

/** Adds a job in the transaction that causes it. A job runs at least once: its handler must bear a second time. */
export async function enqueue(tx: Database, request: JobRequest): Promise<void> {
  const { job, payload, runAt = null, key = null, maxAttempts = null } = request;
  await tx`select kernel.enqueue(
    ${job}, ${tx.json(payload as Json)}, ${runAt}::timestamptz, ${key}::text, ${maxAttempts}::int)`;
}
