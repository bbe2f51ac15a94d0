import { generateKeyPairSync, hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { silentLog } from '@praya/kernel/log';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { createLedger, type LedgerRoom } from '@praya/ledger/service';
import { openLogFiles } from '@praya/monitor/log-files';
import { look, type Monitored } from '@praya/monitor/look';
import type { MonitorState } from '@praya/monitor/state-file';
import { readTrust } from '@praya/monitor/trust';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { WitnessApp } from '../../apps/witness/src/app.ts';
import {
  makeWitnessFiles,
  openWitness,
  type WitnessFiles,
} from '../../apps/witness/src/testing/test-witness.ts';

const PORTS = [24_020, 24_021, 24_022];
const HOST = 'praya.example';

let database: FreshDatabase;
let ledger: LedgerRoom;
let origin: string;
let policy: string;
let files: readonly WitnessFiles[];
const running = new Map<number, WitnessApp>();
let state: MonitorState | null = null;

async function startWitness(at: number): Promise<void> {
  const own = files[at];
  if (own === undefined) throw new RangeError(`There is no witness ${at}`);
  const app = await openWitness(own);
  await app.server.listen({ host: '127.0.0.1', port: PORTS[at] ?? 0 });
  running.set(at, app);
}

async function stopWitness(at: number): Promise<void> {
  await running.get(at)?.stop();
  running.delete(at);
}

beforeAll(async () => {
  files = PORTS.map((_port, at) =>
    makeWitnessFiles([], {
      name: `w${at}.example.edu`,
      algorithms: at === 2 ? ['ed25519', 'ml-dsa-44'] : ['ed25519'],
    }),
  );
  policy = `${files.map(witnessLines).join('\n')}\ngroup two 2 g0 g1 g2\nquorum two\n`;
  database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  ledger = createLedger({
    db: database.open('ledger'),
    now: () => new Date(),
    host: HOST,
    signerOf: () => ({ signingKey: async () => ({ privateKey, jwk: { x } }) }),
    witnessPolicy: policy,
    log: silentLog(),
  });
  const [log] = (await ledger.identities()).logs;
  if (log === undefined) throw new Error('There is no log');
  ({ origin } = log);
  policy = `log ${log.vkey}\n${policy}`;
  for (const { listFile } of files) writeFileSync(listFile, `${log.vkey}\n`);
  for (const at of PORTS.keys()) await startWitness(at);
});

afterAll(async () => {
  await ledger?.stop();
  for (const at of PORTS.keys()) await stopWitness(at);
  await database?.[Symbol.asyncDispose]();
});

function witnessLines({ made }: WitnessFiles, at: number): string {
  const names = made.keys.map((_key, which) => `w${at}-${which}`);
  const lines = made.keys.map(
    ({ vkey }, which) => `witness ${names[which]} ${vkey} http://127.0.0.1:${PORTS[at]}`,
  );
  return [...lines, `group g${at} any ${names.join(' ')}`].join('\n');
}

async function append(count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, at) =>
    hash('sha256', `${Math.random()} ${at}`, 'buffer'),
  );
  const placed = await ledger.sequence(entries);
  if (!placed.ok) throw new Error(placed.refusal.code);
}

async function publishedSize(): Promise<number> {
  const note = await ledger.checkpoint(origin);
  return note.ok ? Number(note.value.split('\n')[1]) : -1;
}

// As the platform's routes hand them out: by name, and nothing else.
const ask: typeof fetch = async (input, init) => {
  const url = String(input);
  const prefix = `https://${origin}/`;
  if (!url.startsWith(prefix)) return fetch(url, init);
  const path = url.slice(prefix.length);
  const answer = path === 'checkpoint' ? await ledger.checkpoint(origin) : await ledger.file(origin, path);
  if (!answer.ok) return new Response('', { status: 404 });
  const { value } = answer;
  return new Response(typeof value === 'string' ? value : Buffer.from(value.bytes));
};

async function monitor(settings: Partial<Monitored> = {}) {
  const seen = await look(
    {
      ...readTrust({ policy }),
      files: openLogFiles(`https://${origin}`, ask),
      watched: [],
      sources: [],
      full: false,
      stallMs: 60_000,
      now: () => new Date(),
      ask,
      ...settings,
    },
    state,
  );
  state = seen.state;
  return seen;
}

describe('C2SP tlog-witness: the ledger, three witnesses of ours and a monitor', () => {
  test('a checkpoint is published with the cosignatures of all, by both algorithms', async () => {
    await append(700);
    await vi.waitFor(async () => expect(await publishedSize()).toBe(700), { timeout: 20_000 });
    const { checkpoint, alarms } = await monitor({ full: true });
    expect(alarms).toEqual([]);
    const keys = checkpoint?.cosignatures.map(({ key }) => `${key.name} ${key.algorithm}`).toSorted();
    expect(keys).toEqual([
      'w0.example.edu Ed25519',
      'w1.example.edu Ed25519',
      'w2.example.edu Ed25519',
      'w2.example.edu ML-DSA-44',
    ]);
  });

  test('each witness shows the same log', async () => {
    const name = hash('sha256', origin, 'hex');
    const sources = PORTS.map((port) => `http://127.0.0.1:${port}/${name}/checkpoint`);
    expect((await monitor({ sources })).alarms).toEqual([]);
  });

  test('one may be away; with two away nothing more is published, until one is back', async () => {
    await stopWitness(0);
    await append(300);
    await vi.waitFor(async () => expect(await publishedSize()).toBe(1000), { timeout: 20_000 });
    expect((await monitor({ full: true })).alarms).toEqual([]);
    await stopWitness(1);
    await append(24);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await publishedSize()).toBe(1000);
    expect((await monitor()).alarms).toEqual([]);
    await startWitness(0);
    await vi.waitFor(async () => expect(await publishedSize()).toBe(1024), { timeout: 30_000 });
    const { alarms, checkpoint } = await monitor({ full: true });
    expect(alarms).toEqual([]);
    expect(new Set(checkpoint?.cosignatures.map(({ key }) => key.name))).toEqual(
      new Set(['w0.example.edu', 'w2.example.edu']),
    );
  });
});
