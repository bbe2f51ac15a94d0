import type { DatabasePool } from '@praya/kernel/database';

/** Who waits until a place of a log is published, in whichever process that happens. */
export type Progress = {
  /** True once the place is below a published checkpoint; false when patience ends first. */
  published(place: { readonly origin: string; readonly index: number }, patienceMs: number): Promise<boolean>;
  /** This process has published; the others are told, too. */
  tell(about: { readonly origin: string; readonly size: number }): void;
  stop(): Promise<void>;
};

type Waiting = { readonly index: number; readonly settle: (published: boolean) => void };

const CHANNEL = 'ledger';
const LOOK_MS = 250;

/** Notifications of the database, and a look at the table now and then, for one may be lost with its connection. */
export function createProgress(db: DatabasePool): Progress {
  const waiting = new Map<string, Set<Waiting>>();
  const known = new Map<string, number>();
  let listening: ReturnType<DatabasePool['listen']> | undefined;
  let looking: NodeJS.Timeout | undefined;

  const reached = (origin: string, size: number) => {
    known.set(origin, Math.max(size, known.get(origin) ?? 0));
    for (const one of waiting.get(origin) ?? []) if (one.index < size) one.settle(true);
  };
  const look = async () => {
    const rows = await db<{ origin: string; publishedSize: bigint }[]>`
      select origin, published_size as "publishedSize" from trees where origin = any(${[...waiting.keys()]})`;
    for (const row of rows) reached(row.origin, Number(row.publishedSize));
  };
  const begin = () => {
    listening ??= db.listen(CHANNEL, (payload) => {
      const [origin = '', size = '0'] = payload.split(' ');
      reached(origin, Number(size));
    });
    listening.catch(() => {
      listening = undefined;
    });
    looking ??= setInterval(() => void look().catch(() => undefined), LOOK_MS);
  };
  const leave = (origin: string, one: Waiting) => {
    const others = waiting.get(origin);
    others?.delete(one);
    if (others?.size === 0) waiting.delete(origin);
    if (waiting.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };

  return {
    published: ({ origin, index }, patienceMs) =>
      new Promise((resolve) => {
        if (index < (known.get(origin) ?? 0)) return resolve(true);
        const one: Waiting = {
          index,
          settle: (published) => {
            clearTimeout(late);
            leave(origin, one);
            resolve(published);
          },
        };
        const late = setTimeout(() => one.settle(false), patienceMs);
        const others = waiting.get(origin) ?? new Set();
        waiting.set(origin, others.add(one));
        begin();
      }),
    tell: ({ origin, size }) => {
      reached(origin, size);
      db`select pg_notify(${CHANNEL}, ${`${origin} ${size}`})`.catch(() => undefined);
    },
    stop: async () => {
      for (const others of waiting.values()) for (const one of others) one.settle(false);
      const held = await listening?.catch(() => undefined);
      await held?.unlisten();
    },
  };
}
