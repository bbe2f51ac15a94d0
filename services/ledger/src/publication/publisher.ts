import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import type { Log } from '@praya/kernel/log';
import type { SizePair } from '@praya/tlog/consistency-proof';
import type { Policy } from '@praya/tlog/policy';
import { confirmLog } from './confirm.ts';
import { createLogPublisher, type LogPublisher } from './log-publisher.ts';
import type { LogSigner } from './sign-checkpoint.ts';
import { type Witness, witnessesOf } from './witnesses.ts';

/** Where a test may end the process: before the witnesses are asked, between their cosignatures and their publication, after it. */
export const PUBLISHER_FAULTS = ['before-asking', 'before-publishing', 'after-publishing'] as const;
export type PublisherFault = (typeof PUBLISHER_FAULTS)[number];

export type PublisherLimits = {
  /** between the beginnings of two publications of one log */
  readonly everyMs: number;
  /** what one witness is given for one conversation */
  readonly patienceMs: number;
  /** how long a checkpoint that has its quorum waits for the other witnesses */
  readonly graceMs: number;
  /** the first and the longest pause after a failure */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** how often those who have not cosigned what is published are asked while nothing new comes */
  readonly catchUpMs: number;
};

/** A tree of a log, as the integrator has moved to it. */
export type OfferedTree = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

export type Published = { readonly origin: string; readonly size: number; readonly note: string };

export type PublisherNeeds = {
  readonly db: Database;
  /** the key of a log */
  signerOf(origin: string): LogSigner | Promise<LogSigner>;
  /** whose cosignatures a checkpoint needs; null: nobody's */
  readonly policy: Policy | null;
  /** the proof between two trees of a log, read from its tiles */
  consistency(origin: string, sizes: SizePair): Promise<readonly Uint8Array[]>;
  readonly ask?: typeof fetch;
  readonly now: Clock;
  readonly limits?: Partial<PublisherLimits>;
  readonly log: Log;
  readonly faults?: (point: PublisherFault) => void | Promise<void>;
};

/** Shows the world the trees of the logs that this process holds, once enough witnesses have cosigned them. */
export type Publisher = {
  /** A tree that is in tiles. The newest one is published as soon as may be; trees in between are passed over. */
  offer(tree: OfferedTree): void;
  /** The lease of a log is gone: nothing of it is published from here any more, unless it is just being written. */
  lose(origin: string): void;
  published(listener: (about: Published) => void): void;
  /** Whether the witnesses know more of a log than the `size` places that it has given. Takes as long as the patience with one witness. */
  confirm(origin: string, size: number): Promise<'confirmed' | 'behind' | 'unknown'>;
  /** Ends after what is being written. */
  stop(): Promise<void>;
};

export type Run = Omit<PublisherNeeds, 'limits' | 'ask'> & {
  readonly limits: PublisherLimits;
  readonly ask: typeof fetch;
  readonly witnesses: readonly Witness[];
  readonly listeners: ((about: Published) => void)[];
};

const LIMITS: PublisherLimits = {
  everyMs: 100,
  patienceMs: 1000,
  graceMs: 100,
  retryMs: 100,
  retryMaxMs: 5000,
  catchUpMs: 10_000,
};

/** Errors: throws on a policy whose witnesses cannot be asked, see `witnessesOf`. */
export function createPublisher(needs: PublisherNeeds): Publisher {
  const run: Run = {
    ...needs,
    limits: { ...LIMITS, ...needs.limits },
    ask: needs.ask ?? fetch,
    witnesses: witnessesOf(needs.policy),
    listeners: [],
  };
  const logs = new Map<string, LogPublisher>();
  const ending = new Set<Promise<void>>();
  const lose = (origin: string) => {
    const ended = logs.get(origin)?.end();
    logs.delete(origin);
    if (ended !== undefined) ending.add(ended.finally(() => ending.delete(ended)));
  };
  return {
    offer: (tree) => {
      const log = logs.get(tree.origin) ?? createLogPublisher(run, tree.origin);
      logs.set(tree.origin, log);
      log.offer(tree);
    },
    lose,
    published: (listener) => {
      run.listeners.push(listener);
    },
    confirm: (origin, size) => confirmLog(run, origin, size),
    stop: async () => {
      for (const origin of [...logs.keys()]) lose(origin);
      await Promise.all(ending);
    },
  };
}
