import { ok, type Result, refuse } from '@praya/kernel/result';
import type { LedgerRefusal } from '../contract.ts';

type Waiting<T> = {
  readonly commitment: Uint8Array;
  readonly settle: (result: Result<T, LedgerRefusal>) => void;
  readonly fail: (error: unknown) => void;
};

export type BatchLimits = { readonly batchSize: number; readonly queueSize: number };

/**
 * Group commit: what arrives while one batch is being written goes into the next, so that one wait for the disk
 * serves them all. A full queue refuses at once, rather than let everybody wait for ever.
 */
export function createBatches<T>(
  write: (commitments: readonly Uint8Array[]) => Promise<readonly T[]>,
  limits: BatchLimits,
): (commitment: Uint8Array) => Promise<Result<T, LedgerRefusal>> {
  const queue: Waiting<T>[] = [];
  let writing = false;
  const writeAll = async () => {
    while (queue.length > 0) await writeOne(write, queue.splice(0, limits.batchSize));
    writing = false;
  };
  return (commitment) => {
    if (queue.length >= limits.queueSize) return Promise.resolve(refuse('ledger.busy'));
    return new Promise((settle, fail) => {
      queue.push({ commitment, settle, fail });
      if (writing) return;
      writing = true;
      // Whoever calls in the same turn shares the first batch.
      queueMicrotask(writeAll);
    });
  };
}

async function writeOne<T>(
  write: (commitments: readonly Uint8Array[]) => Promise<readonly T[]>,
  batch: readonly Waiting<T>[],
): Promise<void> {
  try {
    const answers = await write(batch.map((waiting) => waiting.commitment));
    for (const [at, waiting] of batch.entries()) {
      const value = answers[at];
      if (value === undefined) waiting.fail(new Error('A commitment was left out of its batch'));
      else waiting.settle(ok(value));
    }
  } catch (error) {
    for (const waiting of batch) waiting.fail(error);
  }
}
