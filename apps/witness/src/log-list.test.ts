import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WitnessApp } from './app.ts';
import { parseLogList, readLogList } from './log-list.ts';
import { createTestLog, newKey } from './testing/test-log.ts';
import { ask, makeWitnessFiles, openWitness, type WitnessFiles } from './testing/test-witness.ts';

const ADDRESS = 'https://lists.example.org/logs.txt';
const first = createTestLog('first.example.gov/log/evidence/2026h2');
const second = createTestLog('second.example.gov/log/notary/2026h2');

describe('a list', () => {
  test('is read in each of its forms', () => {
    const text = [
      '# the logs of the city',
      first.vkey,
      '',
      `  log ${second.vkey} https://second.example.gov`,
    ].join('\n');
    const logs = [first, second].map(({ origin, vkey }) => ({ origin, vkey }));
    expect(parseLogList(text)).toEqual({ logs, unread: [] });
    const network = `logs/v0\n\nvkey ${first.vkey}\nqpd 86400\ncontact nobody@example.org\n`;
    expect(parseLogList(network)).toEqual({ logs: logs.slice(0, 1), unread: [] });
  });

  test('says which lines name no log', () => {
    const damaged = first.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+');
    const long = createTestLog(`${'l'.repeat(250)}.example`).vkey;
    expect(parseLogList(`${damaged}\nhello world\n${long}`)).toEqual({
      logs: [],
      unread: [damaged, 'hello world', long.slice(0, 200)],
    });
  });

  test('that names nothing, is too large or not there is no list', async () => {
    const answering =
      (body: string, status = 200) =>
      async () =>
        new Response(body, { status });
    await expect(readLogList(ADDRESS, answering('<html>'))).rejects.toThrow('names no log');
    await expect(readLogList(ADDRESS, answering(first.vkey, 404))).rejects.toThrow('answers 404');
    const large = `${first.vkey}\n`.repeat(20_000);
    await expect(readLogList(ADDRESS, answering(large))).rejects.toThrow('too large');
    await expect(readLogList('/nowhere/logs.txt', fetch)).rejects.toThrow('ENOENT');
  });
});

describe('a witness', () => {
  let app: WitnessApp | undefined;
  let files: WitnessFiles;
  beforeEach(() => {
    files = makeWitnessFiles([first]);
  });
  afterEach(() => app?.stop());

  test('follows a file: a log that is added, and one that is dropped', async () => {
    app = await openWitness(files);
    expect((await ask(app, second.request(0, 5))).status).toBe(404);
    writeFileSync(files.listFile, `${second.vkey}\n`);
    await app.readList();
    expect((await ask(app, second.request(0, 5))).status).toBe(200);
    expect((await ask(app, first.request(0, 5))).status).toBe(404);
  });

  test('holds a log to its first key, whatever the list says later', async () => {
    app = await openWitness(files);
    await ask(app, first.request(0, 5));
    const thief = createTestLog(first.origin, newKey());
    writeFileSync(files.listFile, `${thief.vkey}\n`);
    await app.readList();
    expect((await ask(app, thief.request(5, 6))).status).toBe(403);
    expect((await ask(app, first.request(5, 6))).status).toBe(200);
    const { body } = await app.server.inject('/metrics');
    expect(body).toContain('praya_witness_key_conflicts 1');
  });

  test('learns new logs from an address, and keeps those that it knows while nobody answers there', async () => {
    files = makeWitnessFiles([], { logs: ADDRESS });
    let list: string | null = null;
    const lists: typeof fetch = async () => {
      if (list === null) throw new TypeError('fetch failed');
      return new Response(list);
    };
    app = await openWitness(files, { fetch: lists });
    expect((await ask(app, first.request(0, 5))).status).toBe(404);
    list = `${first.vkey}\n${second.vkey}\n`;
    await app.readList();
    expect((await ask(app, first.request(0, 5))).status).toBe(200);
    await app.stop();
    list = null;
    app = await openWitness(files, { fetch: lists });
    await expect(app.readList()).rejects.toThrow('fetch failed');
    expect((await ask(app, first.request(5, 6))).status).toBe(200);
    expect((await ask(app, second.request(0, 6))).status).toBe(200);
  });
});
