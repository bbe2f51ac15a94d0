import { silentLog } from '@praya/kernel/log';
import { type Policy, parsePolicy } from '@praya/tlog/policy';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../sha256.ts';
import { type Asking, collect, laggards } from './collect.ts';
import type { Outcome } from './converse.ts';
import { createLogDouble } from './log-double.ts';
import type { PublisherLimits, Run } from './publisher.ts';
import { signCheckpoint } from './sign-checkpoint.ts';
import { createWitnessDouble, type WitnessDouble } from './witness-double.ts';
import { witnessesOf } from './witnesses.ts';

const log = createLogDouble('log.test/log/evidence/2026h2');

/** Long enough that a busy machine is not taken for a witness that was waited for. */
const SLOW_MS = 1200;

type Manner = 'well' | 'slow' | 'down' | 'hanging';

/** Witnesses as functions, `need` of whom are enough. */
function stageOf(need: number, manners: readonly Manner[], limits: Partial<PublisherLimits> = {}) {
  const witnesses = manners.map((_, at) => createWitnessDouble(`w${at}`, [log.key]));
  const lines = witnesses.map(({ name, vkeys }) => `witness ${name} ${vkeys[0]} http://${name}/\n`);
  const names = witnesses.map(({ name }) => name).join(' ');
  const policy = read(`${lines.join('')}group g ${need} ${names}\nquorum g\n`);
  const manner = [...manners];
  const ask: typeof fetch = async (address, init) => {
    const at = Number(/^http:\/\/w(\d)\//.exec(String(address))?.[1]);
    const witness = witnesses[at] as WitnessDouble;
    if (manner[at] === 'down') {
      witness.asked += 1;
      throw new TypeError('fetch failed');
    }
    if (manner[at] === 'hanging') {
      await new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error('late')));
      });
    }
    if (manner[at] === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const { status, body } = witness.addCheckpoint(String(init?.body));
    return new Response(body, { status });
  };
  const run: Run = {
    db: undefined as never,
    signerOf: () => log.signer,
    policy,
    consistency: (_, sizes) => log.consistency(sizes),
    now: () => new Date(),
    log: silentLog(),
    limits: {
      everyMs: 0,
      patienceMs: 4000,
      graceMs: 20,
      retryMs: 50,
      retryMaxMs: 200,
      catchUpMs: 0,
      ...limits,
    },
    ask,
    witnesses: witnessesOf(policy),
    listeners: [],
  };
  const sizes = new Map<string, number>();
  const heard: Outcome[] = [];
  const asking: Asking = {
    views: {
      sizeOf: (name) => sizes.get(name) ?? 0,
      cosignedAt: () => null,
      heard: (outcome) => {
        heard.push(outcome);
        sizes.set(outcome.witness.name, outcome.size ?? sizes.get(outcome.witness.name) ?? 0);
      },
      save: async () => {},
    },
    under: new Set(),
    failing: new Map(),
    kept: { size: -1, byKey: new Map() },
  };
  const collected = async (size: number, isPublished = false) => {
    const tree = log.tree(size);
    const begun = performance.now();
    const collection = await collect(run, {
      tree,
      checkpoint: await signCheckpoint(log, tree),
      asking,
      signal: new AbortController().signal,
      isPublished,
    });
    const by = collection.cosignatures.map(({ key }) => key.name).sort();
    return { enough: collection.enough, by, took: performance.now() - begun };
  };
  const asked = () => witnesses.map((witness) => witness.asked);
  return { run, asking, manner, collected, asked, heard };
}

function read(text: string): Policy {
  const policy = parsePolicy(sha256, text);
  if (!policy.ok) throw new Error(policy.refusal.code);
  return policy.value;
}

describe('collecting cosignatures', () => {
  test('ends when all have answered', async () => {
    const { collected } = stageOf(2, ['well', 'well', 'well'], { graceMs: 60_000 });
    expect(await collected(11)).toMatchObject({ enough: true, by: ['w0', 'w1', 'w2'] });
  });

  test('ends with the grace after there are enough, and hears who is late all the same', async () => {
    const { collected, heard } = stageOf(2, ['well', 'well', 'slow']);
    const { took, ...answer } = await collected(11);
    expect(answer).toEqual({ enough: true, by: ['w0', 'w1'] });
    expect(took).toBeLessThan(SLOW_MS - 200);
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS + 300));
    expect(heard.map(({ witness }) => witness.name).sort()).toEqual(['w0', 'w1', 'w2']);
  });

  test('waits for who is slow where he is needed', async () => {
    const { collected } = stageOf(3, ['well', 'well', 'slow']);
    expect(await collected(11)).toMatchObject({ enough: true, by: ['w0', 'w1', 'w2'] });
  });

  test('does not ask again who is still busy with an earlier tree', async () => {
    const { collected, asked } = stageOf(2, ['well', 'well', 'slow']);
    await collected(11);
    await collected(12);
    await collected(13);
    expect(asked()).toEqual([3, 3, 0]);
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS + 300));
    expect(await collected(14)).toMatchObject({ enough: true });
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS + 300));
    expect(asked()).toEqual([4, 4, 2]);
  });

  test('leaves who fails in peace for a while, where the others are enough', async () => {
    const { collected, asked } = stageOf(2, ['well', 'well', 'down'], {
      retryMs: 60_000,
      retryMaxMs: 60_000,
    });
    for (const size of [11, 12, 13]) expect(await collected(size)).toMatchObject({ enough: true });
    expect(asked()).toEqual([3, 3, 1]);
  });

  test('asks all again where those who are well are not enough', async () => {
    const { collected, manner, asked } = stageOf(2, ['well', 'down', 'down'], {
      retryMs: 60_000,
      retryMaxMs: 60_000,
    });
    expect(await collected(11)).toMatchObject({ enough: false, by: ['w0'] });
    manner[1] = 'well';
    expect(await collected(11)).toMatchObject({ enough: true, by: ['w0', 'w1'] });
    // who has cosigned this tree need not do so again
    expect(asked()[0]).toBe(1);
  });

  test('asks those who failed lately, too, where one of the others hangs', async () => {
    const { collected, manner } = stageOf(2, ['well', 'well', 'down'], {
      retryMs: 60_000,
      retryMaxMs: 60_000,
      patienceMs: 2000,
    });
    expect(await collected(11)).toMatchObject({ enough: true });
    manner[1] = 'hanging';
    manner[2] = 'well';
    const { took, ...answer } = await collected(12);
    expect(answer).toEqual({ enough: true, by: ['w0', 'w2'] });
    expect(took).toBeLessThan(1000);
  });

  test('does not take a cosignature of one tree for another', async () => {
    const { collected, manner } = stageOf(2, ['well', 'down', 'down']);
    expect(await collected(11)).toMatchObject({ enough: false, by: ['w0'] });
    manner[0] = 'down';
    manner[1] = 'well';
    expect(await collected(12)).toMatchObject({ enough: false, by: ['w1'] });
  });

  test('for those who were away asks nobody else, and waits for nobody long', async () => {
    const { run, asking, collected, manner, asked } = stageOf(2, ['well', 'well', 'down']);
    await collected(11);
    expect(laggards(run, asking, 11).map(({ name }) => name)).toEqual(['w2']);
    manner[2] = 'well';
    await new Promise((resolve) => setTimeout(resolve, 100));
    await collected(11, true);
    expect(asked()).toEqual([1, 1, 2]);
    expect(laggards(run, asking, 11)).toEqual([]);
    manner.fill('hanging');
    expect((await collected(12, true)).took).toBeLessThan(2000);
  });

  test('is ended from outside', async () => {
    const { run, asking, manner, heard } = stageOf(3, ['well', 'well', 'well'], { patienceMs: 60_000 });
    manner.fill('slow');
    const over = new AbortController();
    const tree = log.tree(11);
    const ending = collect(run, {
      tree,
      checkpoint: await signCheckpoint(log, tree),
      asking,
      signal: over.signal,
    });
    over.abort();
    expect(await ending).toMatchObject({ enough: false, cosignatures: [] });
    expect(heard).toEqual([]);
  });
});
