import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@praya/kernel/clock';
import { ConfigError } from '@praya/kernel/config';
import { createServer, type Server } from '@praya/kernel/http/server';
import type { Log } from '@praya/kernel/log';
import { loadMessages } from '@praya/kernel/messages';
import { createMetrics } from '@praya/kernel/metrics';
import type { FaultPoint, Witness } from './add-checkpoint.ts';
import { type Config, isAddress } from './config.ts';
import { type Figures, figuresOf } from './figures.ts';
import { BODY_LIMIT_BYTES, witnessRoutes } from './http.ts';
import { readKeys, type WitnessKey } from './keys.ts';
import { readLogList } from './log-list.ts';
import { openState, type WitnessState } from './state/state.ts';

/** What comes from outside, so that a test can hold it still. */
export type Surroundings = {
  readonly log: Log;
  readonly now: Clock;
  readonly fetch: typeof fetch;
  readonly faults?: (point: FaultPoint) => void;
};

export type WitnessApp = {
  readonly server: Server;
  readonly state: WitnessState;
  /** Reads the list of logs once more, as happens by itself every `pollSeconds`. */
  readList(): Promise<void>;
  stop(): Promise<void>;
};

const KERNEL_MESSAGES = fileURLToPath(new URL('../../../kernel/src/messages', import.meta.url));

/**
 * Joins everything of one witness by hand.
 *
 * Errors  throws where keys or state are missing or damaged, or there is no list
 */
export async function createWitnessApp(config: Config, around: Surroundings): Promise<WitnessApp> {
  if (!isAddress(config.logs) && !existsSync(config.logs))
    throw new ConfigError(`There is no list of logs at ${config.logs}`);
  const all = readKeys(config.directory, config.name);
  const state = openState(
    config.directory,
    all.map(({ cosigner }) => cosigner.keyId),
  );
  const witness: Witness = { state, keys: chosen(all, config), now: around.now, ...faultsOf(around) };
  const metrics = createMetrics();
  const figures = figuresOf(metrics, state);
  const server = await createServer({
    log: around.log,
    metrics,
    messages: loadMessages([KERNEL_MESSAGES]),
    refusals: {},
    origin: `http://${config.listen.host}:${config.listen.port}`,
    title: 'Praya witness',
    authenticate: async () => ({ kind: 'anonymous' }),
    checks: { state: async () => state.logs() },
    bodyLimitBytes: BODY_LIMIT_BYTES,
    requestsPerMinute: config.requestsPerMinute,
    trustProxy: config.trustProxy,
  });
  await witnessRoutes(server, witness, figures);
  const readList = () => followList(config, around, { state, figures });
  // What was learnt earlier is in the state, so the list may be away or empty at the start.
  await readList().catch(() => undefined);
  const poll = setInterval(() => void readList().catch(() => undefined), config.pollSeconds * 1000).unref();
  return {
    server,
    state,
    readList,
    stop: async () => {
      clearInterval(poll);
      await server.close();
      state.close();
    },
  };
}

async function followList(
  config: Config,
  { log, fetch }: Surroundings,
  { state, figures }: { readonly state: WitnessState; readonly figures: Figures },
): Promise<void> {
  try {
    const { logs, unread } = await readLogList(config.logs, fetch);
    const { learnt, dropped, conflicts } = state.follow(logs);
    figures.listRead(conflicts.length);
    if (learnt.length + dropped.length > 0) log.info({ learnt, dropped }, 'the list of logs has changed');
    if (unread.length > 0) log.warn({ unread: unread.slice(0, 10) }, 'lines of the list that name no log');
    if (conflicts.length > 0)
      log.error({ conflicts }, 'the list names another key for a log; its first key goes on to count');
  } catch (error) {
    figures.listFailed();
    log.warn({ err: error }, 'the list of logs cannot be read; the logs known so far are witnessed');
    throw error;
  }
}

function chosen(keys: readonly WitnessKey[], { algorithms, directory }: Config): readonly WitnessKey[] {
  return algorithms.map((algorithm) => {
    const key = keys.find((one) => one.algorithm === algorithm);
    if (key === undefined) throw new ConfigError(`There is no ${algorithm} key in ${directory}`);
    return key;
  });
}

function faultsOf({ faults }: Surroundings): Pick<Witness, 'faults'> {
  return faults === undefined ? {} : { faults };
}
