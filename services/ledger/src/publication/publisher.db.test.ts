import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase } from '@praya/kernel/testing';
import { parseAddCheckpoint } from '@praya/tlog/witness-request';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './publication-stage.ts';
import { createWitnessDouble } from './witness-double.ts';
import type { Behaviour } from './witness-server-double.ts';

let database: FreshDatabase;
let db: DatabasePool;
let port = 23_000;

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

const [w1, w2, w3] = ['w1.test', 'w2.test', 'w3.test'];
const misbehave = (on: Stage, which: number, behaviour: Behaviour | null) => {
  const server = on.servers[which];
  if (server !== undefined) server.behaviour = behaviour;
};
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('with three witnesses who are well', () => {
  test('a tree is published with the cosignatures of all, both keys of the third too', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 11);
    expect(await on.cosigners()).toEqual([w1, w2, w3]);
    await on.until(async () => Object.keys(await on.views()).length === 3);
    const view = { size: 11, trouble: null, cosigned: true };
    expect(await on.views()).toEqual({ [`${w1}`]: view, [`${w2}`]: view, [`${w3}`]: view });
    expect(publisher.shown.map(({ origin, size }) => [origin, size])).toEqual([[on.origin, 11]]);
    expect(publisher.shown[0]?.note.match(/^— /gm)).toHaveLength(5);
  });

  test('trees in between are passed over, and none is published twice', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    for (const size of [0, 1, 5, 9, 300, 300, 2]) publisher.offer(await on.grow(size));
    await on.until(async () => (await on.publishedSize()) === 300);
    const history = await on.history();
    expect(history.at(-1)).toBe(300);
    expect(new Set(history).size).toBe(history.length);
    expect(publisher.shown.map(({ size }) => size)).toEqual(history);
    publisher.offer(on.log.tree(300));
    await sleep(100);
    expect(await on.history()).toEqual(history);
  });

  test('the empty tree is published, too', async () => {
    await using on = await stage();
    await on.publish(on.publisher(), 0);
    expect([await on.publishedSize(), await on.history()]).toEqual([0, [0]]);
  });

  test('one publication follows another no faster than is set', async () => {
    await using on = await stage();
    const publisher = on.publisher({ limits: { everyMs: 150 } });
    const begun = performance.now();
    for (let size = 1; performance.now() - begun < 700; size += 1) {
      publisher.offer(await on.grow(size));
      await sleep(5);
    }
    expect((await on.history()).length).toBeLessThanOrEqual(6);
    expect((await on.history()).length).toBeGreaterThanOrEqual(2);
  });
});

test('without a policy the log’s signature is enough', async () => {
  await using on = await stage();
  const publisher = on.publisher({ policy: null });
  await on.publish(publisher, 11);
  expect(await on.cosigners()).toEqual([]);
  expect(await publisher.confirm(on.origin, 11)).toBe('confirmed');
  expect(on.witnesses.map(({ asked }) => asked)).toEqual([0, 0, 0]);
});

describe('with one witness of three', () => {
  test('down, the others are enough; when it is back it cosigns again', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.servers[0]?.close();
    await on.publish(publisher, 11);
    expect(await on.cosigners()).toEqual([w2, w3]);
    await on.until(async () => (await on.views())['w1.test'] !== undefined);
    expect((await on.views())['w1.test']).toEqual({
      size: 0,
      trouble: 'witness.unreachable',
      cosigned: false,
    });
    await on.servers[0]?.open();
    // nothing new comes, and yet it is shown what is published
    await on.until(async () => (await on.views())['w1.test']?.size === 11);
    expect((await on.views())['w1.test']).toEqual({ size: 11, trouble: null, cosigned: true });
    await on.publish(publisher, 20);
    expect(await on.cosigners()).toEqual([w1, w2, w3]);
  });

  test('slow, nobody waits for it beyond the quorum and the grace', async () => {
    await using on = await stage();
    const publisher = on.publisher({ limits: { graceMs: 50, patienceMs: 6000 } });
    misbehave(on, 2, async (body, response) => {
      await sleep(1500);
      const answer = on.witnesses[2]?.addCheckpoint(body);
      response.writeHead(answer?.status ?? 500).end(answer?.body);
    });
    const took: number[] = [];
    for (let size = 1; size <= 12; size += 1) took.push(await on.publish(publisher, size));
    expect(Math.max(...took)).toBeLessThan(1300);
    // and it is not lost: it is asked about the newest tree when it is free
    await on.until(async () => (await on.views())['w3.test']?.size === 12);
    expect((await on.views())['w3.test']?.trouble).toBe(null);
  });

  test('hanging for ever, nobody waits for it either', async () => {
    await using on = await stage();
    const publisher = on.publisher({ limits: { graceMs: 50, patienceMs: 1500 } });
    misbehave(on, 1, () => new Promise(() => {}));
    const took: number[] = [];
    for (let size = 1; size <= 12; size += 1) took.push(await on.publish(publisher, size));
    expect(Math.max(...took)).toBeLessThan(1300);
    await on.until(async () => (await on.views())['w2.test']?.trouble === 'witness.late');
  });

  const flood = 'a'.repeat(10_000_000);
  const stranger = createWitnessDouble('stranger.test', []);
  const checkpointOf = (body: string) => {
    const request = parseAddCheckpoint(body);
    return request.ok ? request.value.checkpoint : '';
  };
  const status = (code: number, text = ''): Behaviour => {
    return (_, response) => void response.writeHead(code).end(text);
  };
  const seconds = () => Math.floor(Date.now() / 1000);
  const kinds: [string, (on: Stage) => Behaviour, string][] = [
    ['lying about its size', () => status(409, '9007199254740991\n'), 'witness.ahead'],
    ['naming its size as no witness would', () => status(409, 'many\n'), 'witness.answer-malformed'],
    ['not knowing the log', () => status(404), 'witness.log-unknown'],
    ['refusing the log’s key', () => status(403), 'witness.log-key-refused'],
    ['refusing the proof', () => status(422), 'witness.proof-refused'],
    ['failing', () => status(500, '<html>'), 'witness.failing'],
    ['answering 10 MB', () => status(200, flood), 'witness.answer-too-large'],
    ['hanging up', () => (_, response) => void response.destroy(), 'witness.unreachable'],
    [
      'sending a bad signature',
      (on) => (body, response) => {
        const good = on.witnesses[0]?.cosignAnything(checkpointOf(body), seconds()).body ?? '';
        const [dash, name, encoded = ''] = good.trimEnd().split(' ');
        const bytes = Buffer.from(encoded, 'base64');
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        response.end(`${dash} ${name} ${bytes.toString('base64')}\n`);
      },
      'witness.cosignature-wrong',
    ],
    [
      'sending another’s signature',
      () => (body, response) =>
        void response.end(stranger.cosignAnything(checkpointOf(body), seconds()).body),
      'witness.cosignature-missing',
    ],
    [
      'dating its signature last year',
      (on) => (body, response) =>
        void response.end(on.witnesses[0]?.cosignAnything(checkpointOf(body), seconds() - 31_536_000).body),
      'witness.cosignature-old',
    ],
  ];

  test.each(kinds)('%s, the others are enough, and it is named', async (_, behaviour, trouble) => {
    await using on = await stage();
    const publisher = on.publisher();
    misbehave(on, 0, behaviour(on));
    await on.publish(publisher, 11);
    await on.publish(publisher, 20);
    expect(await on.cosigners()).toEqual([w2, w3]);
    await on.until(async () => (await on.views())['w1.test']?.trouble === trouble);
    expect(await on.halted()).toBe(null);
  });

  test('dating a signature before its last one, the earlier date is not taken', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 11);
    const witness = on.witnesses[0];
    if (witness === undefined) throw new Error('there are three');
    witness.now = () => seconds() - 60;
    await on.publish(publisher, 20);
    expect(await on.cosigners()).toEqual([w2, w3]);
    await on.until(async () => (await on.views())['w1.test']?.trouble === 'witness.cosignature-old');
  });
});

describe('without a quorum', () => {
  test('nothing is published until there is one again; then the newest tree is', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    await on.publish(publisher, 11);
    await on.servers[0]?.close();
    await on.servers[1]?.close();
    for (const size of [20, 30, 40]) {
      publisher.offer(await on.grow(size));
      await sleep(60);
    }
    expect([await on.publishedSize(), await on.history(), await on.halted()]).toEqual([11, [11], null]);
    await on.servers[1]?.open();
    await on.until(async () => (await on.publishedSize()) === 40);
    expect(await on.cosigners()).toEqual([w2, w3]);
    expect(await on.history()).toEqual([11, 40]);
  });

  test('cosignatures that come one by one are enough together', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    for (const server of on.servers) await server.close();
    publisher.offer(await on.grow(11));
    for (const which of [0, 1]) {
      await on.servers[which]?.open();
      await on.until(() => on.witnesses[which]?.seen.get(on.origin)?.size === 11);
      if (which === 0) await on.until(async () => (await on.views())['w1.test']?.cosigned === true);
      await on.servers[which]?.close();
    }
    await on.until(async () => (await on.publishedSize()) === 11);
    expect(await on.cosigners()).toEqual([w1, w2]);
  });

  test('a log that is given up is published no more', async () => {
    await using on = await stage();
    const publisher = on.publisher();
    for (const server of on.servers) await server.close();
    publisher.offer(await on.grow(11));
    await sleep(50);
    publisher.lose(on.origin);
    for (const server of on.servers) await server.open();
    await sleep(300);
    expect(await on.publishedSize()).toBe(-1);
    // and taken up again
    publisher.offer(on.log.tree(11));
    await on.until(async () => (await on.publishedSize()) === 11);
  });

  test('a publisher ends at once, whoever hangs', async () => {
    await using on = await stage();
    const publisher = on.publisher({ limits: { patienceMs: 60_000 } });
    for (const which of [0, 1, 2]) misbehave(on, which, () => new Promise(() => {}));
    publisher.offer(await on.grow(11));
    await sleep(50);
    const begun = performance.now();
    await publisher.stop();
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

test('a fault of the database or of the tiles only delays', async () => {
  await using on = await stage();
  let faults = 0;
  const publisher = on.publisher({
    consistency: async (_, sizes) => {
      faults += 1;
      if (faults < 8) throw new Error('no tile');
      return on.log.consistency(sizes);
    },
    faults: (point) => {
      if (point === 'before-publishing' && faults++ === 0) throw new Error('no database');
    },
  });
  await on.publish(publisher, 11);
  await on.publish(publisher, 20);
  expect(await on.history()).toEqual([11, 20]);
});
