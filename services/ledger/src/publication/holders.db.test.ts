import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { openCheckpoint } from '@praya/tlog/checkpoint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogDouble } from './log-double.ts';
import { openStage, type Stage } from './publication-stage.ts';
import type { PublisherFault } from './publisher.ts';
import { checkCosignature } from './witnesses.ts';

let database: FreshDatabase;
let db: DatabasePool;
let port = 23_500;

beforeAll(async () => {
  database = await freshDatabase(['ledger']);
  db = database.open('ledger', 10);
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const stage = () => {
  port += 10;
  return openStage(db, port);
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a backup of the time when the log had `size` entries brings back. */
async function restore(on: Stage, size: number): Promise<void> {
  const { root } = on.log.tree(size);
  const { origin } = on;
  await db`delete from checkpoints where origin = ${origin} and size > ${size}`;
  await db`delete from witness_views where origin = ${origin}`;
  const [row] = await db`select note from checkpoints where origin = ${origin} order by size desc limit 1`;
  const frontier = Buffer.alloc(32 * size.toString(2).replaceAll('0', '').length);
  await db`
    update trees set size = ${size}, root = ${Buffer.from(root)}, frontier = ${frontier},
      published_size = ${row === undefined ? 0 : size}, published = ${row?.note ?? null}
    where origin = ${origin}`;
  await db`update sequences set size = ${size} where origin = ${origin}`;
}

describe('asked at the start whether the log may go on', () => {
  test('witnesses who have seen what we have published confirm it', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    expect(await publisher.confirm(on.origin, 0)).toBe('confirmed');
    await on.publish(publisher, 11);
    expect(await publisher.confirm(on.origin, 11)).toBe('confirmed');
    // and one who does not answer is none of two
    await on.servers[2]?.close();
    expect(await on.publisher().confirm(on.origin, 11)).toBe('confirmed');
    await on.servers[1]?.close();
    expect(await on.publisher().confirm(on.origin, 11)).toBe('unknown');
  });

  test('an older backup is behind', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 11);
    await on.publish(publisher, 30);
    await publisher.stop();
    await restore(on, 11);
    expect(await on.publisher().confirm(on.origin, 11)).toBe('behind');
    expect(Object.values(await on.views()).map(({ trouble }) => trouble)).toEqual(
      Array(3).fill('witness.ahead'),
    );
    await on.servers[0]?.close();
    expect(await on.publisher().confirm(on.origin, 11)).toBe('behind');
    await on.servers[1]?.close();
    expect(await on.publisher().confirm(on.origin, 11)).toBe('unknown');
  });

  test('a backup from before the first publication is behind', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 30);
    await publisher.stop();
    await restore(on, 0);
    expect(await on.publishedSize()).toBe(-1);
    expect(await on.publisher().confirm(on.origin, 0)).toBe('behind');
  });

  test('a log of the same size with another history is behind', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 30);
    await publisher.stop();
    const other = createLogDouble(on.origin, 'other', on.log.privateKey);
    const foreign = on.publisher({ policy: null, signerOf: () => other.signer });
    await db`
      update trees set published_size = 0, published = null, root = ${Buffer.from(other.tree(30).root)}
      where origin = ${on.origin}`;
    await db`delete from checkpoints where origin = ${on.origin}`;
    foreign.offer(other.tree(30));
    await on.until(async () => (await on.publishedSize()) === 30);
    expect(await on.publisher().confirm(on.origin, 30)).toBe('behind');
  });

  test('one witness that lies stops nothing', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 11);
    const [first] = on.servers;
    if (first === undefined) throw new Error('there are three');
    first.behaviour = (_, response) => void response.writeHead(409).end('9007199254740991\n');
    expect(await publisher.confirm(on.origin, 11)).toBe('confirmed');
    await on.publish(publisher, 20);
    expect([await on.publishedSize(), await on.halted()]).toEqual([20, null]);
  });

  test('what the witnesses have cosigned and we have given places to is no more than we have', async () => {
    await using on = await stage();
    const publisher = on.publisher({
      faults: (point) => {
        if (point === 'before-publishing') throw new Error('the process ends here');
      },
    });
    publisher.offer(await on.grow(25));
    await on.until(() => on.witnesses.every(({ seen }) => seen.get(on.origin)?.size === 25));
    await publisher.stop();
    expect(await on.publishedSize()).toBe(-1);
    const next = on.publisher();
    expect(await next.confirm(on.origin, 25)).toBe('confirmed');
    expect(await next.confirm(on.origin, 24)).toBe('behind');
    await on.publish(next, 30);
    expect(await on.cosigners()).toHaveLength(3);
  });

  test('witnesses who hang are waited for no longer than patience', async () => {
    await using on = await stage();
    for (const server of on.servers) server.behaviour = () => new Promise(() => {});
    const begun = performance.now();
    expect(await on.publisher({ limits: { patienceMs: 200 } }).confirm(on.origin, 0)).toBe('unknown');
    expect(performance.now() - begun).toBeLessThan(1500);
  });
});

test('a restored log that goes on unasked is halted by its witnesses before it shows another history', async () => {
  await using on = await stage();
  const publisher = on.publisher();
  await on.publish(publisher, 11);
  await on.publish(publisher, 30);
  await publisher.stop();
  await restore(on, 11);
  const other = createLogDouble(on.origin, 'other', on.log.privateKey);
  const next = on.publisher({ consistency: (_, sizes) => other.consistency(sizes) });
  const tree = other.tree(20);
  await db`update sequences set size = 20 where origin = ${on.origin}`;
  await db`update trees set size = 20, frontier = ${Buffer.alloc(64)} where origin = ${on.origin}`;
  next.offer(tree);
  await on.until(async () => (await on.halted()) === 'behind-witnesses');
  expect([await on.publishedSize(), await on.history()]).toEqual([11, [11]]);
});

describe('two publishers of one log', () => {
  test('show ever larger trees, each once, and halt nothing', async () => {
    await using on = await stage();
    const both = [on.publisher(), on.publisher()];
    for (let size = 1; size <= 60; size += 1) {
      const tree = await on.grow(size);
      // one hears of everything at once, the other now and then
      both[0]?.offer(tree);
      if (size % 7 === 0) both[1]?.offer(tree);
      await sleep(4);
    }
    await on.until(async () => (await on.publishedSize()) === 60);
    const history = await on.history();
    expect(history).toEqual([...history].sort((one, other) => one - other));
    const shown = both.flatMap((publisher) => publisher.shown.map(({ size }) => size));
    expect(shown.sort((one, other) => one - other)).toEqual(history);
    expect(await on.halted()).toBe(null);
    expect((await on.cosigners()).length).toBeGreaterThanOrEqual(2);
    const rows = await db`select size, root, note from checkpoints where origin = ${on.origin}`;
    for (const { size, root, note } of rows) {
      const by = { origin: on.origin, keys: [on.log.key] };
      const opened = openCheckpoint(note, {
        ...by,
        verify: (about) => checkCosignature({ ...about, algorithm: 'Ed25519' }),
      });
      expect(opened.ok && opened.value.size).toBe(Number(size));
      expect(Buffer.compare(root, on.log.tree(Number(size)).root)).toBe(0);
    }
  });

  test('the one that was held up shows nothing older than what is shown', async () => {
    await using on = await stage();
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const old = on.publisher({
      faults: async (point) => {
        if (point !== 'before-publishing') return;
        reached.resolve();
        await held.promise;
      },
    });
    old.offer(await on.grow(10));
    await reached.promise;
    const next = on.publisher();
    await on.publish(next, 20);
    held.resolve();
    await sleep(100);
    expect([await on.publishedSize(), await on.history(), old.shown]).toEqual([20, [20], []]);
  });

  test('the one whose tree is older than the witnesses’ is not taken for a restored backup', async () => {
    await using on = await stage();
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const old = on.publisher({
      faults: async (point) => {
        if (point !== 'before-asking') return;
        reached.resolve();
        await held.promise;
      },
    });
    old.offer(await on.grow(10));
    await reached.promise;
    await on.publish(on.publisher(), 30);
    const asked = on.witnesses.map((witness) => witness.asked);
    held.resolve();
    await on.until(() => on.witnesses.every((witness, at) => witness.asked > (asked[at] ?? 0)));
    await sleep(100);
    expect([await on.publishedSize(), await on.history(), await on.halted()]).toEqual([30, [30], null]);
    expect(old.shown).toEqual([]);
  });
});

describe('a publisher that is killed', () => {
  const program = fileURLToPath(new URL('../../../../tests/support/ledger-publisher.ts', import.meta.url));

  async function killed(on: Stage, size: number, killedAt: PublisherFault): Promise<unknown> {
    const privateKey = on.log.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const about = { origin: on.origin, size, privateKey, policyText: on.policyText, killedAt };
    const child = spawn(process.execPath, [program, database.url('ledger'), JSON.stringify(about)], {
      stdio: 'inherit',
    });
    const [, signal] = await once(child, 'exit');
    return signal;
  }

  test.each([
    ['before it has asked', 'before-asking', 10, 0],
    ['between the cosignatures and the publication', 'before-publishing', 10, 25],
    ['after the publication', 'after-publishing', 25, 25],
  ] as const)('%s, another goes on from what the witnesses have seen', async (_, point, published, seen) => {
    await using on = await stage();
    const first = on.publisher();
    await on.publish(first, 10);
    await first.stop();
    await on.grow(25);
    expect(await killed(on, 25, point)).toBe('SIGKILL');
    expect(await on.publishedSize()).toBe(published);
    const sizes = on.witnesses.map((witness) => witness.seen.get(on.origin)?.size);
    if (seen > 0) expect(sizes.filter((size) => size === seen).length).toBeGreaterThanOrEqual(2);
    const next = on.publisher();
    expect(await next.confirm(on.origin, 25)).toBe('confirmed');
    await on.publish(next, 40);
    expect(await on.cosigners()).toEqual(['w1.test', 'w2.test', 'w3.test']);
    expect(await on.history()).toEqual(published === 25 ? [10, 25, 40] : [10, 40]);
  });
});
