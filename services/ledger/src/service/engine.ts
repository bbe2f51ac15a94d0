import { randomUUID } from 'node:crypto';
import type { DatabasePool } from '@praya/kernel/database';
import type { Log } from '@praya/kernel/log';
import { createIntegrator } from '../integration/integrator.ts';
import type { Progress } from '../progress.ts';
import type { Publisher } from '../publication/publisher.ts';
import type { SequencerLimits } from '../sequencer/limits.ts';
import { createSequencer, type Sequencer } from '../sequencer/sequencer.ts';
import type { TileStore } from '../tiles/tile-store.ts';

type Needs = {
  readonly db: DatabasePool;
  readonly tiles: TileStore;
  readonly publisher: Publisher;
  readonly progress: Progress;
  readonly limits?: Partial<SequencerLimits>;
  readonly log: Log;
};

/** What writes in this process: gives places, makes tiles of them, publishes. Each stage hands on to the next. */
export type Engine = Pick<Sequencer, 'sequence' | 'leading' | 'stop'>;

/** Joins sequencer, integrator and publisher. */
export function createEngine({ db, tiles, publisher, progress, limits, log }: Needs): Engine {
  const onTrouble = (origin: string, error: unknown) => log.warn({ err: error, origin }, 'the log waits');
  const integrator = createIntegrator({
    db,
    tiles,
    onTrouble: ({ origin, error }) => onTrouble(origin, error),
  });
  integrator.onTree((tree) => publisher.offer(tree));
  publisher.published((about) => progress.tell(about));

  const lead = async (origin: string, epoch: bigint) => {
    try {
      publisher.offer(await integrator.lead(origin, epoch));
    } catch (error) {
      onTrouble(origin, error);
    }
  };
  const sequencer = createSequencer({
    db,
    holder: randomUUID(),
    ...(limits === undefined ? {} : { limits }),
    onBatch: (batch) => integrator.take(batch),
    onLease: ({ origin, epoch }) => void lead(origin, epoch),
    onLost: (origin) => {
      integrator.lose(origin);
      publisher.lose(origin);
    },
    confirm: (origin, size) => publisher.confirm(origin, size),
    waiting: (origin) => integrator.waiting(origin),
    onTrouble,
  });

  return {
    sequence: sequencer.sequence,
    leading: sequencer.leading,
    stop: async () => {
      await sequencer.stop();
      await integrator.stop();
      await publisher.stop();
    },
  };
}
