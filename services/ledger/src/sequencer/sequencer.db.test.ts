import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePool } from '@praya/kernel/database';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

describe('one process', () => {
  test('entries get places in the order of the calls, and are in the journal when it answers', async () => {
    const { sequencer, batches, leases } = started('one');
    const calls = upTo(300).map((n) => names((n % 3) + 1, `call ${n}`));
    const answers = await Promise.all(calls.map((call) => placesOf(sequencer, call)));
    expect(answers.flat()).toEqual(upTo(600));
    expect(await readLog(db)).toEqual(calls.flat());
    expect(leases[0]).toEqual({ origin: ORIGIN, epoch: 1n, size: 0 });
    expect(sequencer.leading()).toEqual([ORIGIN]);
    const handedOn = batches.flatMap(({ entries }) =>
      entries.map((entry) => new TextDecoder().decode(entry)),
    );
    expect(handedOn).toEqual(calls.flat());
    expect(batches.map(({ first }) => first)).toEqual(
      batches.map((_, at) => batches.slice(0, at).reduce((sum, { entries }) => sum + entries.length, 0)),
    );
    expect(batches.every(({ leaves, entries }) => leaves.length === entries.length)).toBe(true);
  });

  test('an answer comes only after the statement has committed', async () => {
    const committing = gate('after-journal');
    const { sequencer } = started('one', { faults: committing.faults });
    let answered = false;
    const call = placesOf(sequencer, ['slow']).then(() => {
      answered = true;
    });
    await committing.reached();
    expect(await readLog(db)).toEqual(['slow']);
    await sleep(50);
    expect(answered).toBe(false);
    committing.open();
    await call;
  });

  test('an entry that comes again gets the place it has: in one call, in one batch, later', async () => {
    const { sequencer, batches } = started('one');
    expect(await placesOf(sequencer, ['a', 'b', 'a', 'a'])).toEqual([0, 1, 0, 0]);
    const [one, other] = await Promise.all([
      placesOf(sequencer, ['c', 'a']),
      placesOf(sequencer, ['b', 'c', 'd']),
    ]);
    expect([one, other]).toEqual([
      [2, 0],
      [1, 2, 3],
    ]);
    expect(await placesOf(sequencer, ['d', 'c'])).toEqual([3, 2]);
    expect(await readLog(db)).toEqual(['a', 'b', 'c', 'd']);
    expect(batches.flatMap(({ entries }) => entries)).toHaveLength(4);
  });

  test('the same entry while its first is on the way to the disk waits for it', async () => {
    const slow = gate('sent-journal');
    const { sequencer } = started('one', { faults: slow.faults });
    const first = placesOf(sequencer, ['twice']);
    await slow.reached();
    let early = false;
    const second = placesOf(sequencer, ['twice']).then((places) => {
      early = true;
      return places;
    });
    await sleep(50);
    expect(early).toBe(false);
    slow.open();
    expect(await Promise.all([first, second])).toEqual([[0], [0]]);
    expect(await readLog(db)).toEqual(['twice']);
  });

  test('what fell out of the window is an entry of its own', async () => {
    const { sequencer } = started('one', { limits: { windowLeaves: 8 } });
    await placesOf(sequencer, names(8));
    expect(await placesOf(sequencer, ['entry 0'])).toEqual([0]);
    expect(await placesOf(sequencer, ['new', 'entry 0', 'entry 2'])).toEqual([8, 9, 2]);
  });

  test('a big call is one batch, and all or nothing', async () => {
    const { sequencer, batches } = started('one');
    const big = Array.from({ length: 10_000 }, (_, n) => Buffer.from(`${n}`.padEnd(400, '.')));
    const places = await sequencer.sequence(ORIGIN, big);
    expect(places).toEqual({ ok: true, value: upTo(10_000) });
    expect(batches.map(({ entries }) => entries.length)).toEqual([10_000]);
    const wrong = await sequencer.sequence(ORIGIN, [entryOf('good'), new Uint8Array(0)]);
    expect(wrong).toMatchObject({ ok: false, refusal: { code: 'ledger.entry-size' } });
    const many = await sequencer.sequence(ORIGIN, [...big, entryOf('one more')]);
    expect(many).toMatchObject({ ok: false, refusal: { code: 'ledger.batch-size' } });
    expect(await readLog(db)).toHaveLength(10_000);
    expect(await sequencer.sequence(ORIGIN, [])).toEqual({ ok: true, value: [] });
  });

  test('a log that is not open is refused', async () => {
    const { sequencer } = started('one');
    const answer = await sequencer.sequence('log.test/log/none/2026h2', [entryOf('a')]);
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'ledger.log-unknown' } });
  });

  test('logs have places of their own', async () => {
    const second = 'log.test/log/notary/2026h2';
    await openLog(db, second);
    const { sequencer } = started('one');
    const answers = await Promise.all([
      placesOf(sequencer, ['a', 'b']),
      placesOf(sequencer, ['b', 'a', 'c'], second),
    ]);
    expect(answers).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    expect(await readLog(db, second)).toEqual(['b', 'a', 'c']);
    expect([...sequencer.leading()].sort()).toEqual([ORIGIN, second].sort());
  });

  test('the clock of the process may stand anywhere: nothing depends on it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T00:00:00Z') });
    const { sequencer, lost } = started('one');
    await placesOf(sequencer, ['before']);
    vi.setSystemTime(new Date('1999-01-01T00:00:00Z'));
    expect(await placesOf(sequencer, ['long ago', 'before'])).toEqual([1, 0]);
    await sleep(2000);
    vi.setSystemTime(new Date('2099-01-01T00:00:00Z'));
    expect(await placesOf(sequencer, ['far ahead', 'before'])).toEqual([2, 0]);
    expect(lost).toEqual([]);
    const [lease] =
      await db`select leased_until > now() and leased_until < now() + interval '2 s' as sane from sequences`;
    expect(lease).toEqual({ sane: true });
  });
});

describe('back-pressure', () => {
  test('a full queue refuses at once, keeps what it took, and takes again', async () => {
    const slow = gate('before-journal');
    const { sequencer } = started('one', {
      faults: slow.faults,
      limits: { queueEntries: 100, batchEntries: 10, batchesInFlight: 1 },
    });
    const first = placesOf(sequencer, ['first']);
    await slow.reached();
    const calls = names(1000).map((name) => sequencer.sequence(ORIGIN, [entryOf(name)]));
    const early = await Promise.race([calls.at(-1), sleep(1000)]);
    expect(early).toMatchObject({ ok: false, refusal: { code: 'ledger.busy' } });
    slow.open();
    await first;
    const answers = await Promise.all(calls);
    const kept = answers.flatMap((answer) => (answer.ok ? answer.value : []));
    expect(kept).toEqual(upTo(100).map((n) => n + 1));
    const refused = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal.code]));
    expect(new Set(refused)).toEqual(new Set(['ledger.busy']));
    expect(await placesOf(sequencer, ['entry 500'])).toEqual([101]);
    expect(await readLog(db)).toHaveLength(102);
  });

  test('a queue full of bytes refuses, too', async () => {
    const slow = gate('before-journal');
    const { sequencer } = started('one', { faults: slow.faults, limits: { batchesInFlight: 1 } });
    const first = placesOf(sequencer, ['first']);
    await slow.reached();
    const big = (n: number) => Array.from({ length: 63 }, () => new Uint8Array(65_535).fill(n));
    const calls = upTo(4).map((n) => sequencer.sequence(ORIGIN, big(n)));
    slow.open();
    await first;
    const codes = (await Promise.all(calls)).map((answer) => (answer.ok ? 'ok' : answer.refusal.code));
    expect(codes).toEqual(['ok', 'ok', 'ledger.busy', 'ledger.busy']);
  });

  test('too many entries that wait for their tiles are felt by the callers', async () => {
    let waiting = 0;
    const { sequencer } = started('one', { waiting: () => waiting, limits: { waitingEntries: 10 } });
    await placesOf(sequencer, ['a']);
    waiting = 11;
    const answer = await sequencer.sequence(ORIGIN, [entryOf('b')]);
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'ledger.busy' } });
    waiting = 10;
    expect(await placesOf(sequencer, ['b'])).toEqual([1]);
  });

  test('a caller is not kept waiting for ever', async () => {
    const stuck = gate('before-lease');
    const { sequencer } = started('one', { faults: stuck.faults, limits: { patienceMs: 300 } });
    const answer = await sequencer.sequence(ORIGIN, [entryOf('a')]);
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'ledger.unavailable' } });
    stuck.open();
    await vi.waitFor(async () => expect(await placesOf(sequencer, ['b'])).toEqual([0]), soon);
  });
});
