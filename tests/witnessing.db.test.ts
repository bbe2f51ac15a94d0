import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import { silentLog } from '@praya/kernel/log';
import { freshDatabase } from '@praya/kernel/testing';
import { verifyCosignatures } from '@praya/tlog/cosignature';
import { formatVerifierKey } from '@praya/tlog/note';
import { type Policy, parsePolicy } from '@praya/tlog/policy';
import { expect, test } from 'vitest';
import { createWitnessApp, type WitnessApp } from '../apps/witness/src/app.ts';
import { readConfig } from '../apps/witness/src/config.ts';
import { makeWitness } from '../apps/witness/src/new-witness.ts';
import { createLogDouble } from '../services/ledger/src/publication/log-double.ts';
import { createPublisher, type Publisher } from '../services/ledger/src/publication/publisher.ts';
import { checkCosignature } from '../services/ledger/src/publication/witnesses.ts';
import { sha256 } from '../services/ledger/src/sha256.ts';

const origin = 'log.test/log/evidence/2026h2';
const log = createLogDouble(origin);
const FIRST_PORT = 23_900;

type OwnWitness = {
  readonly name: string;
  readonly vkeys: readonly string[];
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
};

/** A witness as it is run elsewhere, with its state on the disk. */
function witnessIn(directory: string, at: number): OwnWitness {
  const port = FIRST_PORT + at;
  const name = `w${at}.example.edu/w`;
  const own = join(directory, `w${at}`);
  const algorithms = at === 2 ? (['ed25519', 'ml-dsa-44'] as const) : (['ed25519'] as const);
  const { keys } = makeWitness({ name, directory: own, algorithms });
  writeFileSync(join(own, 'logs.txt'), `${formatVerifierKey(log.key)}\n`);
  const config = { name, listen: { host: '127.0.0.1', port }, logs: 'logs.txt', algorithms };
  writeFileSync(join(own, 'config.json'), JSON.stringify(config));
  let app: WitnessApp | undefined;
  return {
    name,
    vkeys: keys.map(({ vkey }) => vkey),
    url: `http://127.0.0.1:${port}`,
    open: async () => {
      const around = { log: silentLog(), now: systemClock, fetch };
      app = await createWitnessApp(readConfig(join(own, 'config.json')), around);
      await app.server.listen({ host: '127.0.0.1', port });
    },
    close: async () => {
      await app?.stop();
      app = undefined;
    },
  };
}

/** Two of three; a witness is the group of its keys. */
function policyOf(witnesses: readonly OwnWitness[]): Policy {
  const lines = witnesses.flatMap(({ vkeys, url }, at) => [
    ...vkeys.map((vkey, key) => `witness w${at}-${key} ${vkey} ${url}`),
    `group w${at} any ${vkeys.map((_, key) => `w${at}-${key}`).join(' ')}`,
  ]);
  const policy = parsePolicy(sha256, `${lines.join('\n')}\ngroup all 2 w0 w1 w2\nquorum all\n`);
  if (!policy.ok) throw new Error(policy.refusal.code);
  return policy.value;
}

type Joined = {
  readonly db: DatabasePool;
  readonly witnesses: readonly OwnWitness[];
  publisher(of?: typeof log): Publisher;
  /** Gives places, puts them into the tree and offers it. */
  grow(publisher: Publisher, size: number, of?: typeof log): Promise<void>;
  /** The names under the checkpoint of this size, once it is published. */
  cosigners(size: number): Promise<string[]>;
  until(holds: () => Promise<boolean>): Promise<void>;
};

async function joined(use: (joined: Joined) => Promise<void>): Promise<void> {
  await using database = await freshDatabase(['ledger']);
  const db = database.open('ledger');
  await db`insert into logs (origin, tenant, shard, opened_at) values (${origin}, 'evidence', '2026h2', now())`;
  await db`insert into sequences (origin) values (${origin})`;
  await db`insert into trees (origin) values (${origin})`;
  const directory = mkdtempSync(join(tmpdir(), 'praya-witnessing-'));
  const witnesses = [0, 1, 2].map((at) => witnessIn(directory, at));
  const policy = policyOf(witnesses);
  const publishers: Publisher[] = [];
  try {
    await Promise.all(witnesses.map((witness) => witness.open()));
    await use({
      db,
      witnesses,
      publisher: (of = log) => {
        const publisher = createPublisher({
          db,
          policy,
          signerOf: () => of.signer,
          consistency: (_, sizes) => of.consistency(sizes),
          now: systemClock,
          log: silentLog(),
          limits: {
            everyMs: 20,
            retryMs: 20,
            retryMaxMs: 200,
            catchUpMs: 200,
            graceMs: 5000,
            patienceMs: 5000,
          },
        });
        publishers.push(publisher);
        return publisher;
      },
      grow: async (publisher, size, of = log) => {
        const tree = of.tree(size);
        const frontier = Buffer.alloc(32 * size.toString(2).replaceAll('0', '').length);
        await db`update sequences set size = ${size}`;
        await db`update trees set size = ${size}, root = ${Buffer.from(tree.root)}, frontier = ${frontier}`;
        publisher.offer(tree);
      },
      cosigners: async (size) => {
        await until(async () => {
          const [row] = await db`select published_size from trees`;
          return Number(row?.published_size) === size;
        });
        const [row] = await db`select published from trees`;
        const keys = policy.witnesses.map(({ key }) => key);
        const answer = verifyCosignatures(String(row?.published), keys, checkCosignature);
        if (!answer.ok) throw new Error(answer.refusal.code);
        return answer.value.cosignatures.map(({ key }) => `${key.name} ${key.algorithm}`).sort();
      },
      until,
    });
  } finally {
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await Promise.all(witnesses.map((witness) => witness.close()));
    rmSync(directory, { recursive: true });
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ALL = [
  'w0.example.edu/w Ed25519',
  'w1.example.edu/w Ed25519',
  'w2.example.edu/w Ed25519',
  'w2.example.edu/w ML-DSA-44',
];

test('the ledger and its witnesses understand each other, whoever of them was away', () =>
  joined(async ({ witnesses, publisher: open, grow, cosigners, db }) => {
    const publisher = open();
    expect(await publisher.confirm(origin, 0)).toBe('confirmed');
    for (const size of [0, 1, 11, 256, 300]) {
      await grow(publisher, size);
      expect(await cosigners(size)).toEqual(ALL);
    }
    await witnesses[0]?.close();
    await grow(publisher, 400);
    expect(await cosigners(400)).toEqual(ALL.slice(1));
    await witnesses[0]?.open();
    await until(async () => {
      const [row] = await db`select size from witness_views where witness = ${ALL[0]?.split(' ')[0] ?? ''}`;
      return Number(row?.size) === 400;
    });
    await grow(publisher, 500);
    expect(await cosigners(500)).toEqual(ALL);
    expect(await open().confirm(origin, 500)).toBe('confirmed');
  }));

test('a ledger that has lost entries is told so by its witnesses', () =>
  joined(async ({ publisher: open, grow, cosigners, db }) => {
    const publisher = open();
    await grow(publisher, 11);
    await cosigners(11);
    await grow(publisher, 300);
    await cosigners(300);
    await publisher.stop();
    const [row] = await db`select note from checkpoints where size = 11`;
    await db`update trees set published_size = 11, published = ${row?.note}`;
    await db`delete from checkpoints where size > 11`;
    expect(await open().confirm(origin, 11)).toBe('behind');
    expect(await open().confirm(origin, 300)).toBe('confirmed');
  }));

test('a ledger with another history of the same size is halted by its witnesses', () =>
  joined(async ({ publisher: open, grow, cosigners, until: wait, db }) => {
    const publisher = open();
    await grow(publisher, 30);
    await cosigners(30);
    await publisher.stop();
    await db`update trees set published_size = 0, published = null`;
    await db`delete from checkpoints`;
    const other = createLogDouble(origin, 'other', log.privateKey);
    await grow(open(other), 30, other);
    await wait(async () => (await db`select halted from sequences`)[0]?.halted === 'behind-witnesses');
    expect((await db`select published from trees`)[0]?.published).toBe(null);
  }));
