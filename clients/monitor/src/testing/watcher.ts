import { openLogFiles } from '../log-files.ts';
import { type Look, look, type Monitored } from '../look.ts';
import type { MonitorState } from '../state-file.ts';
import { readTrust } from '../trust.ts';
import type { PretendedLog } from './pretended-log.ts';

/** A monitor that remembers from look to look, as one that is run again and again. */
export type Watcher = {
  state: MonitorState | null;
  /** The log that it is shown. */
  log: PretendedLog;
  nowMs: number;
  look(settings?: Partial<Monitored>): Promise<Look>;
  /** `<kind> <subject>` of each alarm of a look. */
  alarms(settings?: Partial<Monitored>): Promise<readonly string[]>;
};

export function createWatcher(log: PretendedLog): Watcher {
  const watcher: Watcher = {
    state: null,
    log,
    nowMs: Date.now(),
    look: async (settings = {}) => {
      const ask: typeof fetch = (input, init) => watcher.log.ask(input, init);
      const about: Monitored = {
        ...readTrust({ policy: log.policy }),
        files: openLogFiles(log.url, ask),
        watched: [],
        sources: [],
        full: false,
        stallMs: null,
        now: () => new Date(watcher.nowMs),
        ask,
        ...settings,
      };
      const seen = await look(about, watcher.state);
      watcher.state = seen.state;
      return seen;
    },
    alarms: async (settings) => {
      const { alarms } = await watcher.look(settings);
      return alarms.map(({ kind, subject }) => `${kind} ${subject}`);
    },
  };
  return watcher;
}
