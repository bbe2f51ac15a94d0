import { redeem } from '@praya/city/play/bank';
import { sameBytes } from '@praya/verifier/bytes';
import type { Checkpoint } from '@praya/verifier/signed-note';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchanged, renewToken, type Service, sendAgain } from '../support/fault-city/exchanges.ts';
import { recount } from '../support/fault-city/ledger.ts';
import { commitmentOf, type Monitor, monitorOf } from '../support/fault-city/log.ts';
import { isReady, killHard, pidOf, until, workersOf } from '../support/fault-city/processes.ts';
import {
  type Agreed,
  agreeTo,
  type Consented,
  consentTo,
  openScene,
  type Scene,
} from '../support/fault-city/scene.ts';
import { beginStorm, type Storm, useOf } from '../support/fault-city/storm.ts';

const EXCHANGES = 1000;
const IN_FLIGHT = 12;
const RESIDENTS = [0, 1, 2, 3, 4, 5];
const RECOVERY_MS = 30_000;

type Blow = {
  readonly name: string;
  readonly afterExchanges: number;
  readonly service: Service;
  strike(scene: Scene): () => boolean;
};

/** What is killed, and when it is there again. */
const BLOWS: readonly Blow[] = [
  {
    name: 'a platform worker',
    afterExchanges: 200,
    service: 'rates.address',
    strike: ({ city }) => {
      const before = workersOf(city);
      killHard(before[0] ?? 0);
      return () => {
        const now = workersOf(city);
        return now.length === before.length && !now.includes(before[0] ?? 0);
      };
    },
  },
  { name: 'the platform', afterExchanges: 400, service: 'rates.address', strike: strikeAt('platform') },
  {
    name: 'a connector',
    afterExchanges: 600,
    service: 'persons.particulars',
    strike: strikeAt('connector persons'),
  },
  { name: 'PostgreSQL', afterExchanges: 800, service: 'rates.address', strike: strikeAt('postgres') },
];

let scene: Scene;
let storm: Storm;
let monitor: Monitor;
let consents: readonly Consented[];
const recoveries: { name: string; ms: number }[] = [];
const redemptions: { name: string; successes: number }[] = [];
const replays: { name: string; codes: readonly string[] }[] = [];

beforeAll(async () => {
  scene = await openScene({ workers: 2 });
  consents = await Promise.all(RESIDENTS.map((who) => consentTo(scene, { who })));
  storm = beginStorm(scene, { consents, inFlight: IN_FLIGHT });
  for (const [position, blow] of BLOWS.entries()) await strike(blow, RESIDENTS.length + position);
  await storm.endAt(EXCHANGES);
  monitor = await monitorOf(scene);
}, 300_000);

afterAll(async () => {
  console.log(
    JSON.stringify({
      acknowledged: storm?.acknowledged.length,
      failures: Object.fromEntries(storm?.failures ?? []),
      recoveries,
    }),
  );
  await scene?.[Symbol.asyncDispose]();
});

/** One blow in the middle of the storm, with a code that is being redeemed twice at that moment. */
async function strike(blow: Blow, who: number): Promise<void> {
  await storm.reach(blow.afterExchanges);
  const agreed = await agreeTo(scene, { who });
  const during = [redeemed(agreed), redeemed(agreed)];
  const isBack = blow.strike(scene);
  const ms = await until(`${blow.name} is back`, async () => isBack() && (await answers(blow)), 60_000);
  recoveries.push({ name: blow.name, ms });
  const after = [await redeemed(agreed), await redeemed(agreed)];
  const successes = [...(await Promise.all(during)), ...after].filter(Boolean).length;
  redemptions.push({ name: blow.name, successes });
  replays.push({ name: blow.name, codes: await replay(storm.acknowledged.slice(-24)) });
}

function strikeAt(name: string): Blow['strike'] {
  return ({ city }) => {
    const before = pidOf(city, name);
    killHard(before);
    return () => pidOf(city, name) !== before;
  };
}

/** Ready, and a whole exchange goes through. */
async function answers({ service }: Blow): Promise<boolean> {
  const { origin, city } = scene;
  const ready = await Promise.all(
    [origin, `http://localhost:${city.basePort + 1}`].map((url) => isReady(`${url}/health/ready`)),
  );
  const [consented] = consents;
  if (!ready.every(Boolean) || consented === undefined) return false;
  return (await storm.attempt(consented, service)).status === 200;
}

function redeemed({ asked, answer }: Agreed): Promise<boolean> {
  return redeem(scene.bank, asked, answer).then(
    () => true,
    () => false,
  );
}

/** Sends acknowledged requests once more; answers what became of them. */
async function replay(exchanged: readonly Exchanged[]): Promise<string[]> {
  const codes: string[] = [];
  for (const { consentId, request } of exchanged) {
    const consented = consents.find((one) => one.consentId === consentId);
    if (consented === undefined) throw new Error('Nobody agreed to this');
    let answer = await sendAgain(scene, { consented, request });
    if (answer.code === 'request.not-signed-in' && (await renewToken(scene, consented)))
      answer = await sendAgain(scene, { consented, request });
    codes.push(answer.code === '' ? `answered ${answer.status}` : answer.code);
  }
  return codes;
}

async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await run(next[1]);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return results;
}

function receipts() {
  return storm.acknowledged.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));
}

describe('a worker, the platform, a connector and PostgreSQL killed in the middle of a thousand exchanges:', () => {
  test('the city recovers from each by itself', () => {
    expect(recoveries.map(({ name }) => name)).toEqual(BLOWS.map(({ name }) => name));
    for (const { ms } of recoveries) expect(ms).toBeLessThan(RECOVERY_MS);
    expect(storm.acknowledged.length).toBeGreaterThanOrEqual(EXCHANGES);
  });

  test('every acknowledged answer has a receipt whose every check holds offline', () => {
    expect(storm.acknowledged.filter(({ code }) => code !== null)).toEqual([]);
    expect(receipts()).toHaveLength(storm.acknowledged.length);
  });

  test('every acknowledged act is done, with the place and the salt of its receipt', async () => {
    const rows = await scene.db<{ id: string; outcome: string; index: number; salt: Buffer }[]>`
      select id, outcome, (log_proof->>'index')::int as index, salt from exchange.acts`;
    const kept = new Map(rows.map((row) => [row.id, row]));
    for (const { act, log, salt } of receipts()) {
      const row = kept.get(act.id);
      expect(row).toMatchObject({ outcome: 'done', index: log.index });
      expect(row?.salt.toString('base64url')).toBe(salt);
    }
  });

  test('no two acts share a place on the log', async () => {
    const [row] = await scene.db<{ done: bigint; places: bigint }[]>`
      select count(*) as done, count(distinct log_proof->>'index') as places
      from exchange.acts where outcome = 'done'`;
    expect(row?.places).toBe(row?.done);
    expect(new Set(receipts().map(({ log }) => log.index)).size).toBe(storm.acknowledged.length);
  });

  test('every acknowledged act is on the log of now at its place, with a proof made anew', async () => {
    const newest = await monitor.newest();
    const entries = await monitor.entries(newest.size);
    expect(entries).toHaveLength(newest.size);
    const holds = await inParallel(receipts(), async (receipt) => {
      const commitment = await commitmentOf(receipt);
      const entry = entries[receipt.log.index] ?? new Uint8Array();
      const place = { index: receipt.log.index, commitment };
      return sameBytes(entry, commitment) && (await monitor.includes(newest, place));
    });
    expect(holds.filter((held) => !held)).toEqual([]);
  });

  test('the log of now extends every checkpoint that was ever seen', async () => {
    const newest = await monitor.newest();
    const seen = new Map<string, Checkpoint>();
    for (const receipt of receipts()) {
      const checkpoint = await monitor.seenIn(receipt);
      seen.set(`${checkpoint.size} ${Buffer.from(checkpoint.root).toString('base64')}`, checkpoint);
    }
    expect(new Set([...seen.values()].map(({ size }) => size)).size).toBe(seen.size);
    const holds = await inParallel([...seen.values()], (earlier) => monitor.extends(earlier, newest));
    expect(holds.filter((held) => !held)).toEqual([]);
  });

  test('each counter is at least what was acknowledged and at most what was sent', async () => {
    const rows = await scene.db<{ use: string; count: number }[]>`
      select consent_id || ' ' || service as use, sum(count)::int as count
      from exchange.counters where service <> 'preview' group by 1`;
    const counted = new Map(rows.map(({ use, count }) => [use, count]));
    for (const [use, sent] of storm.sent) {
      const acknowledged = storm.acknowledged.filter((exchanged) => useOf(exchanged) === use).length;
      expect(counted.get(use)).toBeGreaterThanOrEqual(acknowledged);
      expect(counted.get(use)).toBeLessThanOrEqual(sent);
    }
  });

  test('no request is answered twice, neither right after a blow nor at the end', async () => {
    for (const { codes } of replays) expect(new Set(codes)).toEqual(new Set(['exchange.request-replayed']));
    const codes = await inParallel(storm.acknowledged, async (one) => (await replay([one])).join());
    for (const code of codes)
      expect(code).toBeOneOf(['exchange.request-replayed', 'exchange.request-expired']);
    const [row] = await scene.db<{ acts: bigint; requests: bigint }[]>`
      select count(*) as acts, count(distinct request_digest) as requests
      from exchange.acts where kind = 'exchange' and outcome = 'done'`;
    expect(row?.requests).toBe(row?.acts);
  });

  test('no code is redeemed twice, also where its first use was cut off by the blow', async () => {
    for (const { successes } of redemptions) expect(successes).toBeLessThanOrEqual(1);
    const again = await Promise.all(consents.map(redeemed));
    expect(again).toEqual(consents.map(() => false));
  });

  test('the recount of the log finds it sound', async () => {
    expect(await recount(scene)).toMatchObject({ sound: true });
  });
});
