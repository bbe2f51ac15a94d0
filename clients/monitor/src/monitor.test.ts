import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openLogFiles } from './log-files.ts';
import { createFigures } from './metrics.ts';
import { follow, type Monitor, monitorOnce } from './monitor.ts';
import { type MonitorEvent, sentenceOf } from './report.ts';
import { createPretendedLog, type PretendedLog } from './testing/pretended-log.ts';
import { readTrust } from './trust.ts';
import { createWebhook } from './webhook.ts';

let log: PretendedLog;
let events: MonitorEvent[];
let monitor: Monitor;
let directory: string;

beforeEach(() => {
  log = createPretendedLog();
  events = [];
  directory = mkdtempSync(join(tmpdir(), 'praya-monitor-'));
  const ask: typeof fetch = (input, init) => log.ask(input, init);
  monitor = {
    ...readTrust({ policy: log.policy }),
    files: openLogFiles(log.url, ask),
    watched: [],
    sources: [],
    full: false,
    stallMs: null,
    now: () => new Date(),
    ask,
    stateFile: join(directory, 'state.json'),
    evidence: join(directory, 'evidence'),
    webhook: null,
    figures: createFigures(log.origin),
    tell: (event) => events.push(event),
  };
  log.grow(300);
  log.publish();
});

const told = () =>
  events
    .splice(0)
    .map((event) => [event.event, 'kind' in event ? event.kind : 'size' in event ? event.size : event.index]);

describe('looking once', () => {
  test('remembers, and answers by the exit code of the worst alarm', async () => {
    expect(await monitorOnce(monitor)).toBe(0);
    log.publish({ size: 200, cosigners: [0] });
    expect(await monitorOnce(monitor)).toBe(11);
    expect(told()).toEqual([
      ['checkpoint', 300],
      ['alarm', 'rollback'],
      ['alarm', 'missing-cosignature'],
    ]);
    log.publish();
    expect(await monitorOnce(monitor)).toBe(0);
  });

  test('keeps both notes of a split view, once', async () => {
    await monitorOnce(monitor);
    const first = log.note();
    const fork = log.forkedAt(100);
    fork.grow(200);
    const second = fork.publish();
    const honest = log;
    log = fork;
    expect(await monitorOnce(monitor)).toBe(10);
    expect(await monitorOnce(monitor)).toBe(10);
    log = honest;
    const files = readdirSync(monitor.evidence).toSorted();
    expect(files).toHaveLength(2);
    expect(files.map((file) => readFileSync(join(monitor.evidence, file), 'utf8'))).toEqual([first, second]);
    const alarm = events.find((event) => event.event === 'alarm');
    expect(alarm).toMatchObject({ evidence: files.map((file) => join(monitor.evidence, file)) });
    expect(alarm === undefined ? '' : sentenceOf(alarm)).toContain('ALARM split-view');
  });

  test('with a damaged memory does not go on as if there were none', async () => {
    writeFileSync(monitor.stateFile, '{');
    await expect(monitorOnce(monitor)).rejects.toThrow('is damaged');
  });

  test('of a log that was never seen remembers nothing', async () => {
    log.publish({ note: 'none' });
    expect(await monitorOnce(monitor)).toBe(14);
    expect(existsSync(monitor.stateFile)).toBe(false);
  });
});

describe('following', () => {
  test('tells an alarm when it begins and when it is over, and a checkpoint when it is another', async () => {
    const ending = new AbortController();
    let round = 0;
    const acts: Record<number, () => void> = {
      2: () => log.answers.set('*', () => new Response('', { status: 403 })),
      4: () => log.answers.clear(),
      5: () => {
        log.grow(1);
        log.publish();
      },
      7: () => ending.abort(),
    };
    const now = () => {
      round += 1;
      acts[round]?.();
      return new Date();
    };
    expect(await follow({ ...monitor, now }, { everyMs: 1, signal: ending.signal })).toBe(0);
    expect(told()).toEqual([
      ['checkpoint', 300],
      ['alarm', 'unreachable'],
      ['cleared', 'unreachable'],
      ['checkpoint', 301],
    ]);
  });

  test('shows its figures', async () => {
    await monitorOnce(monitor);
    log.publish({ cosigners: [1] });
    await monitorOnce(monitor);
    const page = monitor.figures?.page() ?? '';
    expect(page).toContain(`praya_monitor_looks_total{origin="${log.origin}"} 2`);
    expect(page).toContain(`praya_monitor_log_size{origin="${log.origin}"} 300`);
    expect(page).toContain(`praya_monitor_cosignatures{origin="${log.origin}"} 1`);
    expect(page).toContain(`kind="missing-cosignature"} 1`);
    expect(page).toContain(`kind="split-view"} 0`);
  });
});

describe('a webhook', () => {
  const event: MonitorEvent = {
    at: '2026-11-23T03:00:00.000Z',
    origin: 'log.example.gov',
    event: 'cleared',
    kind: 'stall',
    subject: 'growth',
  };
  const failures: string[] = [];
  const hookTo = (ask: typeof fetch) =>
    createWebhook({
      url: 'https://hook.example',
      ask,
      firstPauseMs: 1,
      failed: (_event, why) => failures.push(why),
    });
  beforeEach(() => failures.splice(0));

  test('is told alarms and what is over, not each checkpoint', async () => {
    const bodies: MonitorEvent[] = [];
    const webhook = hookTo(async (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)));
      return new Response('');
    });
    await monitorOnce({ ...monitor, webhook });
    log.publish({ cosigners: [] });
    expect(await monitorOnce({ ...monitor, webhook })).toBe(16);
    expect(bodies).toMatchObject([{ event: 'alarm', kind: 'missing-cosignature', origin: log.origin }]);
  });

  test('that fails is tried again, in order, until it is taken', async () => {
    const taken: string[] = [];
    let asked = 0;
    const webhook = hookTo(async (_url, init) => {
      asked += 1;
      if (asked === 1) throw new TypeError('fetch failed');
      if (asked < 5) return new Response('', { status: 503 });
      taken.push(JSON.parse(String(init?.body)).subject);
      return new Response('');
    });
    for (const subject of ['one', 'two', 'three']) webhook.send({ ...event, subject });
    expect(await webhook.settled()).toBe(0);
    expect(taken).toEqual(['one', 'two', 'three']);
  });

  test('that never takes it is given up, and that is said', async () => {
    let asked = 0;
    const webhook = hookTo(async () => {
      asked += 1;
      return new Response('', { status: asked > 6 ? 400 : 500 });
    });
    webhook.send(event);
    webhook.send(event);
    expect(await webhook.settled()).toBe(2);
    expect([asked, failures]).toEqual([7, ['it answers 500', 'it answers 400']]);
  });
});

describe('whom to believe', () => {
  test('is a key, a policy with one log, or both', () => {
    expect(readTrust({ key: log.vkey }).policy.quorum).toBe('none');
    expect(readTrust({ policy: log.policy }).key.name).toBe(log.origin);
    const other = createPretendedLog('other.example.gov');
    const both = `log ${other.vkey} https://mirror.example\n${log.policy}`;
    expect(readTrust({ key: other.vkey, policy: both })).toMatchObject({ url: 'https://mirror.example' });
    expect(() => readTrust({ policy: both })).toThrow('several logs');
  });

  test.each([
    [{}, 'Name the log'],
    [{ policy: 'quorum none\n' }, 'Name the log'],
    [{ policy: 'quorum nobody\n' }, 'tlog.policy-unknown-name'],
    [{ key: 'hello' }, 'tlog.key-malformed'],
  ])('is not %o', (texts, sentence) => {
    expect(() => readTrust(texts)).toThrow(sentence);
  });
});
