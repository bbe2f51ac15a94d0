import { systemClock } from '@praya/kernel/clock';
import type { DatabasePool } from '@praya/kernel/database';
import { silentLog } from '@praya/kernel/log';
import { openCheckpoint } from '@praya/tlog/checkpoint';
import { verifyCosignatures } from '@praya/tlog/cosignature';
import { type Policy, parsePolicy } from '@praya/tlog/policy';
import { sha256 } from '../sha256.ts';
import { createLogDouble, type LogDouble } from './log-double.ts';
import { createPublisher, type Published, type Publisher, type PublisherNeeds } from './publisher.ts';
import { createWitnessDouble, type WitnessDouble } from './witness-double.ts';
import { serveWitness, type WitnessServer } from './witness-server-double.ts';
import { checkCosignature } from './witnesses.ts';

export type Stage = AsyncDisposable & {
  readonly db: DatabasePool;
  readonly log: LogDouble;
  readonly origin: string;
  readonly witnesses: readonly WitnessDouble[];
  readonly servers: readonly WitnessServer[];
  readonly policy: Policy;
  readonly policyText: string;
  publisher(about?: Partial<PublisherNeeds>): Publisher & { readonly shown: Published[] };
  /** Gives places and puts them into the tree, as sequencer and integrator do. */
  grow(size: number): Promise<{ origin: string; size: number; root: Uint8Array }>;
  /** Grows, offers and waits until it is published. Answers how long that took. Units: ms */
  publish(publisher: Publisher, size: number): Promise<number>;
  publishedSize(): Promise<number>;
  /** The witnesses whose cosignatures are in the published checkpoint, which must hold. */
  cosigners(): Promise<string[]>;
  views(): Promise<Record<string, { size: number; trouble: string | null; cosigned: boolean }>>;
  halted(): Promise<string | null>;
  history(): Promise<number[]>;
  /** Looks until it is so; throws after ten seconds. */
  until(holds: () => Promise<boolean> | boolean): Promise<void>;
};

let stages = 0;

/** A log in the database and three witnesses on ports of their own, of whom two are needed. The third has two keys. */
export async function openStage(db: DatabasePool, firstPort: number): Promise<Stage> {
  stages += 1;
  const origin = `log.test/log/t${stages}/2026h2`;
  const log = createLogDouble(origin);
  await db`insert into logs (origin, tenant, shard, opened_at) values (${origin}, ${`t${stages}`}, '2026h2', now())`;
  await db`insert into sequences (origin) values (${origin})`;
  await db`insert into trees (origin) values (${origin})`;
  const witnesses = ['w1', 'w2', 'w3'].map((name) =>
    createWitnessDouble(`${name}.test`, [log.key], name === 'w3' ? ['Ed25519', 'ML-DSA-44'] : ['Ed25519']),
  );
  const servers = await Promise.all(witnesses.map((witness, at) => serveWitness(witness, firstPort + at)));
  const policyText = policyOf(witnesses, servers);
  const policy = expectRead(parsePolicy(sha256, policyText));
  const publishers: Publisher[] = [];

  const stage: Stage = {
    db,
    log,
    origin,
    witnesses,
    servers,
    policy,
    policyText,
    publisher: (about = {}) => {
      const publisher = createPublisher({
        db,
        signerOf: () => log.signer,
        policy,
        consistency: (_, sizes) => log.consistency(sizes),
        now: systemClock,
        log: silentLog(),
        ...about,
        limits: {
          everyMs: 20,
          patienceMs: 3000,
          graceMs: 1500,
          retryMs: 20,
          retryMaxMs: 200,
          catchUpMs: 200,
          ...about.limits,
        },
      });
      publishers.push(publisher);
      const shown: Published[] = [];
      publisher.published((one) => shown.push(one));
      return Object.assign(publisher, { shown });
    },
    grow: async (size) => {
      const tree = log.tree(size);
      const frontier = Buffer.alloc(32 * size.toString(2).replaceAll('0', '').length);
      await db`update sequences set size = greatest(size, ${size}) where origin = ${origin}`;
      await db`
        update trees set size = ${size}, root = ${Buffer.from(tree.root)}, frontier = ${frontier}
        where origin = ${origin} and size < ${size}`;
      return tree;
    },
    publish: async (publisher, size) => {
      const tree = await stage.grow(size);
      const begun = performance.now();
      publisher.offer(tree);
      await stage.until(async () => (await stage.publishedSize()) >= size);
      return performance.now() - begun;
    },
    publishedSize: async () => {
      const [row] = await db`select published_size, published from trees where origin = ${origin}`;
      return row?.published === null ? -1 : Number(row?.published_size);
    },
    cosigners: async () => {
      const [row] = await db`select published, published_size from trees where origin = ${origin}`;
      const note = String(row?.published);
      const keys = policy.witnesses.map(({ key }) => key);
      const { size } = expectRead(openCheckpoint(note, { origin, keys: [log.key], verify: checkEd25519 }));
      if (size !== Number(row?.published_size)) throw new Error('The note is of another size');
      const { cosignatures } = expectRead(verifyCosignatures(note, keys, checkCosignature));
      return [...new Set(cosignatures.map(({ key }) => key.name))].sort();
    },
    views: async () => {
      const rows =
        await db`select witness, size, trouble, cosigned_at from witness_views where origin = ${origin}`;
      return Object.fromEntries(
        rows.map(({ witness, size, trouble, cosigned_at }) => [
          witness,
          { size: Number(size), trouble, cosigned: cosigned_at !== null },
        ]),
      );
    },
    halted: async () => {
      const [row] = await db`select halted from sequences where origin = ${origin}`;
      return row?.halted ?? null;
    },
    history: async () => {
      const rows =
        await db`select size from checkpoints where origin = ${origin} order by published_at, size`;
      return rows.map(({ size }) => Number(size));
    },
    until,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(publishers.map((publisher) => publisher.stop()));
      await Promise.all(servers.map((server) => server.close()));
    },
  };
  return stage;
}

/** Two of three witnesses; a witness is the group of its keys. */
function policyOf(witnesses: readonly WitnessDouble[], servers: readonly WitnessServer[]): string {
  const lines = witnesses.flatMap(({ name, vkeys }, at) => [
    ...vkeys.map((vkey, key) => `witness ${name}-${key} ${vkey} ${servers[at]?.url}`),
    `group ${name} any ${vkeys.map((_, key) => `${name}-${key}`).join(' ')}`,
  ]);
  return `${lines.join('\n')}\ngroup quorum 2 ${witnesses.map(({ name }) => name).join(' ')}\nquorum quorum\n`;
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

const checkEd25519 = (about: { publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }) =>
  checkCosignature({ ...about, algorithm: 'Ed25519' });

function expectRead<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: { code: string } },
): T {
  if (!read.ok) throw new Error(read.refusal.code);
  return read.value;
}
