import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FaultPoint } from './faults.ts';
import type { SequencerNeeds } from './sequencer.ts';
import {
  entryOf,
  gate,
  ORIGIN,
  openLog,
  placesOf,
  readLog,
  type Watched,
  watchedSequencer,
} from './test-log.ts';

const soon = { timeout: 10_000, interval: 10 };
const names = (count: number, name = 'entry') => Array.from({ length: count }, (_, n) => `${name} ${n}`);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

let database: FreshDatabase;
let db: DatabasePool;
let running: Watched[];

beforeEach(async () => {
  database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  db = database.open('ledger', 5);
  running = [];
  await openLog(db);
});

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.map(({ sequencer }) => sequencer.stop()));
  await database[Symbol.asyncDispose]();
});

function started(holder: string, about: Partial<SequencerNeeds> = {}): Watched {
  const one = watchedSequencer(db, holder, about);
  running.push(one);
  return one;
}

describe('two processes', () => {
  test('what is handed to the holder gets its place there, and the same place on both sides', async () => {
    const one = started('one');
    const other = started('other');
    expect(await placesOf(one.sequencer, ['a'])).toEqual([0]);
    expect(await placesOf(other.sequencer, ['b', 'a', 'c'])).toEqual([1, 0, 2]);
    expect(await placesOf(one.sequencer, ['c', 'b'])).toEqual([2, 1]);
    expect(await placesOf(other.sequencer, ['a'])).toEqual([0]);
    expect(await readLog(db)).toEqual(['a', 'b', 'c']);
    expect(other.batches).toEqual([]);
    expect(other.sequencer.leading()).toEqual([]);
    await vi.waitFor(async () => expect(await db`select from submissions`).toHaveLength(0), soon);
  });

  test('many calls on both sides: each entry has one place, none is missing', async () => {
    const both = [started('one'), started('other')];
    const answers = await Promise.all(
      upTo(600).map((n) =>
        placesOf((both[n % 2] ?? both[0])?.sequencer as never, [`entry ${n % 400}`, `call ${n}`]),
      ),
    );
    const log = await readLog(db);
    expect(log).toHaveLength(1000);
    for (const [n, places] of answers.entries()) {
      expect(places.map((place) => log[place])).toEqual([`entry ${n % 400}`, `call ${n}`]);
    }
    expect(both.flatMap(({ sequencer }) => sequencer.leading())).toEqual([ORIGIN]);
  });

  test('who stops gives the lease back at once', async () => {
    const one = started('one');
    const other = started('other');
    await placesOf(one.sequencer, ['a']);
    await one.sequencer.stop();
    const begun = performance.now();
    expect(await placesOf(other.sequencer, ['a', 'b'])).toEqual([0, 1]);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(one.lost).toEqual([ORIGIN]);
    const late = await one.sequencer.sequence(ORIGIN, [entryOf('c')]);
    expect(late).toMatchObject({ ok: false, refusal: { code: 'ledger.unavailable' } });
  });

  test('the unfinished business of the dead is taken up without being asked for', async () => {
    const one = started('one');
    await placesOf(one.sequencer, names(5));
    await one.sequencer.stop();
    const other = started('other');
    await vi.waitFor(() => expect(other.leases).toEqual([{ origin: ORIGIN, epoch: 2n, size: 5 }]), soon);
    expect(await placesOf(other.sequencer, ['entry 3', 'next'])).toEqual([3, 5]);
  });

  test('a log that is published to its end is left in peace', async () => {
    const one = started('one');
    await placesOf(one.sequencer, ['a']);
    await db`update trees set size = 1, frontier = sha256('x'), published_size = 1`;
    await one.sequencer.stop();
    const other = started('other');
    await sleep(1000);
    expect(other.leases).toEqual([]);
  });

  test('two that both think they hold the lease: what the earlier one still sends changes nothing', async () => {
    const late = gate('before-journal');
    let asleep = false;
    const faults = async (point: FaultPoint) => {
      // It neither sends nor renews, as if the process had been put to sleep here.
      if (asleep && (point === 'before-journal' || point === 'before-renewal'))
        await late.faults('before-journal');
    };
    const one = started('one', { faults });
    const other = started('other');
    await placesOf(one.sequencer, ['a']);
    asleep = true;
    const sleeper = placesOf(one.sequencer, ['of the sleeper', 'a']);
    await late.reached();
    const [before] = await db`select epoch from sequences`;
    expect(await placesOf(other.sequencer, ['b', 'c'])).toEqual([1, 2]);
    const [after] = await db`select epoch > ${before?.epoch} as risen, holder from sequences`;
    expect(after).toEqual({ risen: true, holder: 'other' });
    expect(one.sequencer.leading()).toEqual([ORIGIN]);
    asleep = false;
    late.open();
    expect(await sleeper).toEqual([3, 0]);
    expect(await readLog(db)).toEqual(['a', 'b', 'c', 'of the sleeper']);
    expect(one.lost).toEqual([ORIGIN]);
    expect(one.batches).toHaveLength(1);
  });
});

describe('witnesses', () => {
  test('after a start of the database the witnesses are asked once, before the first place', async () => {
    const confirm = vi.fn(async () => 'confirmed' as const);
    const one = started('one', { confirm });
    await placesOf(one.sequencer, ['a']);
    await one.sequencer.stop();
    const other = started('other', { confirm });
    await placesOf(other.sequencer, ['b']);
    expect(confirm.mock.calls).toEqual([[ORIGIN, 0]]);
    await other.sequencer.stop();
    await db`update sequences set confirmed_for = confirmed_for - interval '1 hour'`;
    const third = started('third', { confirm });
    await placesOf(third.sequencer, ['c']);
    expect(confirm.mock.calls).toEqual([
      [ORIGIN, 0],
      [ORIGIN, 2],
    ]);
  });

  test('a log that is behind what they have seen halts, until somebody mends it', async () => {
    let verdict: 'behind' | 'confirmed' = 'behind';
    const { sequencer, lost } = started('one', { confirm: async () => verdict });
    const halted = { ok: false, refusal: { code: 'ledger.halted' } };
    expect(await sequencer.sequence(ORIGIN, [entryOf('a')])).toMatchObject(halted);
    expect(await db`select halted, size from sequences`).toEqual([{ halted: 'behind-witnesses', size: 0n }]);
    expect(lost).toEqual([ORIGIN]);
    expect(await sequencer.sequence(ORIGIN, [entryOf('a')])).toMatchObject(halted);
    verdict = 'confirmed';
    await db`update sequences set halted = null`;
    await vi.waitFor(async () => expect(await placesOf(sequencer, ['a'])).toEqual([0]), soon);
  });

  test('without an answer of theirs there are no places; they are asked again each second', async () => {
    const asked: number[] = [];
    const verdicts = ['unknown', 'throws', 'confirmed'];
    const confirm = async () => {
      asked.push(performance.now());
      const verdict = verdicts[asked.length - 1];
      if (verdict === 'throws') throw new Error('no network');
      return verdict as 'unknown' | 'confirmed';
    };
    const { sequencer, lost } = started('one', { confirm });
    const unavailable = { ok: false, refusal: { code: 'ledger.unavailable' } };
    expect(await sequencer.sequence(ORIGIN, [entryOf('a')])).toMatchObject(unavailable);
    expect(await sequencer.sequence(ORIGIN, [entryOf('a')])).toMatchObject(unavailable);
    await vi.waitFor(async () => expect(await placesOf(sequencer, ['a'])).toEqual([0]), soon);
    expect(asked).toHaveLength(3);
    expect((asked[2] ?? 0) - (asked[0] ?? 0)).toBeGreaterThan(1900);
    expect(lost).toEqual([]);
  });

  test('a log that is halted while it runs gives no more places', async () => {
    const { sequencer } = started('one');
    await placesOf(sequencer, ['a']);
    await db`update sequences set halted = 'behind-witnesses'`;
    expect(await sequencer.sequence(ORIGIN, [entryOf('b')])).toMatchObject({
      ok: false,
      refusal: { code: 'ledger.halted' },
    });
    expect(await readLog(db)).toEqual(['a']);
  });

  test('a journal that does not lead to the size halts the log', async () => {
    const one = started('one');
    for (const name of names(3)) await placesOf(one.sequencer, [name]);
    await one.sequencer.stop();
    await db`delete from journal where first = 1`;
    const other = started('other');
    expect(await other.sequencer.sequence(ORIGIN, [entryOf('b')])).toMatchObject({
      ok: false,
      refusal: { code: 'ledger.halted' },
    });
    expect(await db`select halted from sequences`).toEqual([{ halted: 'journal-gap' }]);
  });
});

describe('the database', () => {
  test('connections that are cut in the middle lose and double nothing', async () => {
    const { sequencer, batches } = started('one', { limits: { batchEntries: 16 } });
    await placesOf(sequencer, ['warm']);
    let cutting = true;
    const cut = (async () => {
      let count = 0;
      while (cutting) {
        await sleep(120);
        const gone = await db`
          select pg_terminate_backend(pid) from pg_stat_activity
          where application_name like 'praya ledger %' and datname = current_database()`;
        count += gone.length;
      }
      return count;
    })();
    const answers: (readonly number[])[] = [];
    const clients = upTo(40).map(async (client) => {
      for (let n = 0; n < 60; n += 1) {
        answers[client * 60 + n] = await placesOf(sequencer, [`client ${client} entry ${n}`]);
        await sleep(10);
      }
    });
    await Promise.all(clients);
    cutting = false;
    expect(await cut).toBeGreaterThan(4);
    const log = await readLog(db);
    expect(log).toHaveLength(2401);
    for (const [at, places] of answers.entries()) {
      expect(log[places[0] ?? -1]).toBe(`client ${Math.floor(at / 60)} entry ${at % 60}`);
    }
    // A batch whose outcome was not heard is handed on by a new reading of the journal, never twice from here.
    const handedOn = batches.flatMap(({ first, entries }) => entries.map((_, at) => first + at));
    expect(new Set(handedOn).size).toBe(handedOn.length);
  });

  test('a row that somebody holds for a second is waited for, and nothing is doubled', async () => {
    const { sequencer } = started('one');
    await placesOf(sequencer, ['a']);
    const held = db.begin(async (tx) => {
      await tx`select from sequences for update`;
      await sleep(2500);
    });
    await sleep(20);
    const answers = await Promise.all(names(20).map((name) => placesOf(sequencer, [name])));
    await held;
    expect(answers.flat().sort((one, other) => one - other)).toEqual(upTo(20).map((n) => n + 1));
    expect(await readLog(db)).toHaveLength(21);
  });

  test('the journal keeps the window and what is not in tiles, and no more', async () => {
    const { sequencer } = started('one', { limits: { windowLeaves: 16, trimMs: 50 } });
    for (const name of names(40)) await placesOf(sequencer, [name]);
    const firsts = async () =>
      (await db`select first from journal order by first`).map(({ first }) => Number(first));
    await sleep(600);
    expect(await firsts()).toEqual(upTo(40));
    await db`update trees set size = 24, frontier = sha256('x') || sha256('y')`;
    await vi.waitFor(async () => expect(await firsts()).toEqual(upTo(16).map((n) => n + 24)), soon);
    await db`update trees set size = 32, frontier = sha256('x')`;
    await sleep(300);
    expect(await firsts()).toEqual(upTo(16).map((n) => n + 24));
    await sequencer.stop();
    const other = started('other', { limits: { windowLeaves: 16 } });
    expect(await placesOf(other.sequencer, ['entry 24', 'entry 39', 'entry 23'])).toEqual([24, 39, 40]);
  });

  test.each([
    ['batches', { journalBatches: 5 }],
    // five of two bytes of length and “entry 3x”
    ['bytes', { journalBytes: 50 }],
  ])('the journal keeps no more %s than it may, and the newest always', async (_name, limits) => {
    const { sequencer } = started('one', { limits: { ...limits, trimMs: 50 } });
    for (const name of names(40)) await placesOf(sequencer, [name]);
    await db`update trees set size = 40, frontier = sha256('x') || sha256('y')`;
    const firsts = async () =>
      (await db`select first from journal order by first`).map(({ first }) => Number(first));
    await vi.waitFor(async () => expect(await firsts()).toEqual([35, 36, 37, 38, 39]), soon);
  });
});
