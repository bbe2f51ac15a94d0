import { existsSync, readFileSync } from 'node:fs';
import { openLogFiles } from '@praya/monitor/log-files';
import { createFigures, serveFigures } from '@praya/monitor/metrics';
import { follow, type Monitor, monitorOnce } from '@praya/monitor/monitor';
import { sentenceOf } from '@praya/monitor/report';
import { readTrust } from '@praya/monitor/trust';
import { parseWatchList } from '@praya/monitor/watch-list';
import { createWebhook } from '@praya/monitor/webhook';
import type { Command, Invocation } from './command.ts';

/** Follows a log from its public files. It needs no city, no account and no permission. */
export const monitor: Command = {
  usage: `praya monitor [URL] [--key VKEY] [--policy FILE] [--once] [--full] [options]

Follows a log from its public files alone: checks its signature, its witnesses' quorum, that each checkpoint
adds to the last one, that the entries are what the tree says; and says so when one of that does not hold.
See docs/how-to/watch-a-log.md.

  URL              the monitoring prefix, by default the policy's, else https:// and the log's origin
  --key VKEY       the log's verifier key; not needed where the policy names one log
  --policy FILE    a C2SP tlog-policy: the log, its witnesses, the quorum
  --state FILE     what is remembered; by default monitor-<origin>.json here
  --once           look once, and answer by the exit code
  --full           read every entry and every tile from the first one on
  --watch FILE     hashes of entries to look for; those after “deny” are an alarm
  --compare X      an address or a file with what others were shown (a witness', a receipt's); may be repeated
  --stall TIME     alarm when nothing has grown or was cosigned for so long: 90s, 15m, 6h, 2d
  --every TIME     how often to look, by default 10s
  --evidence DIR   where notes go that prove an alarm; by default beside the state
  --webhook URL    where alarms and entries are sent, each as a POST of JSON
  --metrics-port N Prometheus' figures at /metrics on this port
  --json           one line of JSON for each event

Exit codes: 0 all is well, 1 the monitor itself failed, 2 called wrongly; else the worst alarm:
  10 split-view  11 rollback  12 inconsistent  13 tile-wrong  14 checkpoint-wrong  15 denied
  16 missing-cosignature  17 stall  18 unreachable`,
  options: {
    key: { type: 'string' },
    policy: { type: 'string' },
    state: { type: 'string' },
    once: { type: 'boolean' },
    full: { type: 'boolean' },
    watch: { type: 'string' },
    compare: { type: 'string', multiple: true },
    stall: { type: 'string' },
    every: { type: 'string' },
    evidence: { type: 'string' },
    webhook: { type: 'string' },
    'metrics-port': { type: 'string' },
  },
  async run(invocation) {
    const { values, positionals } = invocation;
    const [port, everyMs] = [portOf(values['metrics-port']), durationOf(values['every'] ?? '10s')];
    const isNamed = values['key'] !== undefined || values['policy'] !== undefined;
    const isStall = values['stall'] === undefined || durationOf(values['stall']) !== null;
    if (positionals.length > 1 || !isNamed || port === null || everyMs === null || !isStall) {
      console.error(this.usage);
      return 2;
    }
    const monitor = monitorOf(invocation);
    const server =
      port === undefined || monitor.figures === null ? null : await serveFigures(monitor.figures, port);
    try {
      return values['once'] === true
        ? await monitorOnce(monitor)
        : await follow(monitor, { everyMs, signal: untilTold() });
    } finally {
      server?.close();
    }
  },
};

function monitorOf({ values, positionals, json }: Invocation): Monitor {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const [key, policyFile, hook] = [text('key'), text('policy'), text('webhook')];
  const trust = readTrust({
    ...(key === undefined ? {} : { key }),
    ...(policyFile === undefined ? {} : { policy: readText(policyFile) }),
  });
  const watchFile = text('watch');
  const stateFile = text('state') ?? `monitor-${trust.key.name.replaceAll(/[^A-Za-z0-9.-]/g, '_')}.json`;
  const compare = Array.isArray(values['compare']) ? values['compare'] : [];
  const failed = (event: object, why: string) =>
    console.error(json ? JSON.stringify({ event: 'webhook-failed', why, of: event }) : `The webhook: ${why}`);
  return {
    ...trust,
    files: openLogFiles(positionals[0] ?? trust.url ?? `https://${trust.key.name}`, fetch),
    watched: watchFile === undefined ? [] : parseWatchList(readText(watchFile)),
    sources: compare.filter((one) => typeof one === 'string'),
    full: values['full'] === true,
    stallMs: durationOf(values['stall']),
    now: () => new Date(),
    ask: fetch,
    stateFile,
    evidence: text('evidence') ?? `${stateFile}.evidence`,
    webhook: hook === undefined ? null : createWebhook({ url: hook, ask: fetch, failed }),
    figures: createFigures(trust.key.name),
    tell: (event) => console.log(json ? JSON.stringify(event) : sentenceOf(event)),
  };
}

function readText(file: string): string {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  return readFileSync(file, 'utf8');
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds; null where it is no time. */
function durationOf(value: Invocation['values'][string]): number | null {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(typeof value === 'string' ? value : '') ?? [];
  return count === undefined || unit === undefined ? null : Number(count) * (UNITS[unit] ?? 0);
}

function portOf(value: Invocation['values'][string]): number | null | undefined {
  if (value === undefined) return undefined;
  const port = /^\d{1,5}$/.test(String(value)) ? Number(value) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

function untilTold(): AbortSignal {
  const told = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => told.abort());
  return told.signal;
}
