import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leafHash } from '@praya/tlog/merkle-hash';
import { formatTlogProof } from '@praya/tlog/tlog-proof';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from './crypto.ts';
import { createPretendedLog, flipped, newKeys, type PretendedLog } from './testing/pretended-log.ts';
import { createWatcher, type Watcher } from './testing/watcher.ts';
import { parseWatchList } from './watch-list.ts';

let log: PretendedLog;
let watcher: Watcher;

beforeEach(() => {
  log = createPretendedLog();
  watcher = createWatcher(log);
});

function shown(size: number): void {
  log.grow(size - log.entries.length);
  log.publish();
}

describe('an honest log', () => {
  test.each([[[0, 1, 2]], [[1, 255, 256, 257]], [[300, 512, 513]], [[65_535, 65_536, 66_000, 66_001]]])(
    'is followed through %o without an alarm, from where it is and from the first entry',
    async (sizes) => {
      for (const size of sizes) {
        shown(size);
        expect(await watcher.alarms()).toEqual([]);
        expect(watcher.state?.size).toBe(size);
        expect(await watcher.alarms({ full: true })).toEqual([]);
      }
    },
  );

  test('is followed through any growth', async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (growths, full) => {
        const one = createPretendedLog(log.origin, log.keys);
        const other = createWatcher(one);
        for (const growth of growths) {
          one.grow(growth);
          one.publish();
          expect(await other.alarms({ full })).toEqual([]);
          expect(other.state?.size).toBe(one.entries.length);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('is followed by what is new alone', async () => {
    shown(66_000);
    await watcher.look();
    log.asked = 0;
    shown(66_001);
    await watcher.look();
    expect(log.asked).toBeLessThan(8);
  });

  test('with two of its three witnesses is as good as with three', async () => {
    log.grow(5);
    for (const cosigners of [
      [0, 1],
      [1, 2],
      [2, 0],
    ]) {
      log.publish({ cosigners });
      expect(await watcher.alarms()).toEqual([]);
    }
  });
});

describe('a log that shows something else than before', () => {
  test('at the same size: split-view, with both notes', async () => {
    shown(300);
    await watcher.look();
    const first = watcher.state?.note;
    watcher.log = log.forkedAt(100);
    watcher.log.grow(200);
    const second = watcher.log.publish();
    const { alarms } = await watcher.look();
    expect(alarms).toMatchObject([{ kind: 'split-view', subject: 'log', notes: [first, second] }]);
    expect(watcher.state?.note).toBe(first);
    watcher.log = log;
    expect(await watcher.alarms()).toEqual([]);
  });

  test.each([false, true])(
    'at a larger size: inconsistent, with both notes (everything read: %s)',
    async (full) => {
      shown(1000);
      await watcher.look();
      const first = watcher.state?.note;
      for (const at of [0, 999, 700, 512]) {
        watcher.log = log.forkedAt(at);
        watcher.log.grow(1500 - at);
        const second = watcher.log.publish();
        const { alarms } = await watcher.look({ full });
        expect(alarms).toMatchObject([{ kind: 'inconsistent', notes: [first, second] }]);
        expect(watcher.state?.size).toBe(1000);
      }
      watcher.log = log;
      shown(1500);
      expect(await watcher.alarms({ full })).toEqual([]);
    },
  );

  test('with the old entries in new tiles or the new ones in old tiles: an alarm, and not a step further', async () => {
    shown(1000);
    await watcher.look();
    const fork = log.forkedAt(700);
    fork.grow(800);
    shown(1500);
    fork.publish();
    log.publish({ note: new TextDecoder().decode(fork.file('checkpoint') ?? new Uint8Array()) });
    const alarms = await watcher.alarms();
    expect(alarms.some((alarm) => alarm.startsWith('inconsistent'))).toBe(true);
    expect(watcher.state?.size).toBe(1000);
  });

  test('at a smaller size: rollback, with both notes', async () => {
    shown(300);
    await watcher.look();
    log.publish({ size: 299 });
    const { alarms } = await watcher.look();
    expect(alarms).toMatchObject([{ kind: 'rollback', notes: { length: 2 } }]);
    expect(watcher.state?.size).toBe(300);
  });
});

describe('a checkpoint', () => {
  test('with one cosignature of three is not taken: missing-cosignature', async () => {
    shown(5);
    await watcher.look();
    log.grow(1);
    for (const cosigners of [[], [0], [2]]) {
      log.publish({ cosigners });
      expect(await watcher.alarms()).toEqual(['missing-cosignature quorum']);
      expect(watcher.state?.size).toBe(5);
    }
    log.publish();
    expect(await watcher.alarms()).toEqual([]);
    expect(watcher.state?.size).toBe(6);
  });

  test('with cosignatures of other witnesses, or of another checkpoint: missing-cosignature', async () => {
    log.grow(5);
    const strangers = createPretendedLog(log.origin, { ...newKeys(), log: log.keys.log });
    strangers.grow(5);
    const stranger = strangers.publish();
    const earlier = log.publish({ cosigners: [0, 1] });
    log.publish({ note: stranger });
    expect(await watcher.alarms()).toEqual(['missing-cosignature quorum']);
    log.grow(1);
    const own = log.publish({ cosigners: [] });
    const lines = earlier.split('\n\n')[1]?.split('\n').slice(1).join('\n');
    log.publish({ note: `${own}${lines}` });
    const { alarms } = await watcher.look();
    expect(alarms).toMatchObject([{ kind: 'missing-cosignature', subject: 'quorum' }]);
    expect(alarms[0]?.detail).toContain('tlog.signature-wrong');
  });

  test.each([
    ['of another key', () => createPretendedLog('log.example.gov/log/evidence/2026h2')],
    ['of another log', () => createPretendedLog('log.example.gov/log/notary/2026h2')],
    ['of another log with the same key', () => createPretendedLog('other.example.gov', log.keys)],
  ])('%s: checkpoint-wrong', async (_name, other) => {
    shown(5);
    const stranger = other();
    stranger.grow(5);
    log.publish({ note: stranger.publish() });
    expect(await watcher.alarms()).toEqual(['checkpoint-wrong checkpoint']);
    expect(watcher.state).toBeNull();
  });

  test('with a wrong key id: checkpoint-wrong', async () => {
    log.grow(5);
    const [text = '', lines = ''] = log.publish().split('\n\n');
    const [own = '', ...others] = lines.split('\n');
    const [dash, name, base64 = ''] = own.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    const changed = [dash, name, Buffer.from(flipped(bytes, 3)).toString('base64')].join(' ');
    log.publish({ note: `${text}\n\n${[changed, ...others].join('\n')}` });
    expect(await watcher.alarms()).toEqual(['checkpoint-wrong checkpoint']);
  });

  test('with any bit flipped in its text or in the log’s signature: an alarm', async () => {
    shown(300);
    const note = Buffer.from(log.file('checkpoint') ?? '');
    const until = note.indexOf('\n', note.indexOf('\n\n') + 2);
    await fc.assert(
      fc.asyncProperty(fc.nat(until * 8 - 1), async (bit) => {
        const other = createWatcher(log);
        log.damage('checkpoint', () => flipped(note, bit));
        expect(await other.alarms()).toEqual(['checkpoint-wrong checkpoint']);
      }),
      { numRuns: 100 },
    );
  });

  test.each(['', 'hello', '<html></html>', 'a\n5\nAAAA\n\n— a AAAA\n'])('that is none: %o', async (note) => {
    log.publish({ note });
    expect(await watcher.alarms()).toEqual(['checkpoint-wrong checkpoint']);
  });
});

describe('files', () => {
  const SIZE = 66_000;

  test('of which one has a bit flipped: every kind is found, and the very file is named', async () => {
    shown(SIZE);
    const paths = log.paths();
    const kinds = [
      paths.filter((path) => path.startsWith('tile/entries/') && !path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/entries/') && path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/0/') && !path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/0/') && path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/1/') && !path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/1/') && path.includes('.p/')),
      paths.filter((path) => path.startsWith('tile/2/')),
    ];
    expect(kinds.every((kind) => kind.length > 0)).toBe(true);
    for (const [kind, files] of kinds.entries()) {
      const path = files[(files.length - 1) >> 1] ?? '';
      const sound = log.file(path) ?? new Uint8Array();
      log.damage(path, () => flipped(sound, 77_777 + kind));
      expect(await watcher.alarms({ full: true }), path).toEqual([`tile-wrong ${path}`]);
      log.damage(path, () => sound);
    }
    expect(await watcher.alarms({ full: true })).toEqual([]);
  }, 120_000);

  test('of which any bit of any is flipped: the very file is named, from nothing and while following', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          from: fc.nat(900),
          growth: fc.integer({ min: 1, max: 900 }),
          file: fc.nat(),
          bit: fc.nat(),
        }),
        async ({ from, growth, file, bit }) => {
          const one = createPretendedLog(log.origin, log.keys);
          const other = createWatcher(one);
          one.grow(from);
          one.publish();
          await other.look();
          const before = new Set(one.paths());
          one.grow(growth);
          one.publish();
          const fresh = one.paths().filter((path) => !before.has(path));
          const path = fresh[file % fresh.length] ?? '';
          one.damage(path, (bytes) => flipped(bytes, bit));
          expect(await other.alarms()).toEqual([`tile-wrong ${path}`]);
          expect(other.state?.size).toBe(from);
          expect(await createWatcher(one).alarms({ full: true })).toEqual([`tile-wrong ${path}`]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of which several are damaged: all of them are named', async () => {
    shown(2000);
    const paths = ['tile/entries/001', 'tile/0/003', 'tile/1/000.p/7', 'tile/entries/005'];
    for (const [at, path] of paths.entries()) log.damage(path, (bytes) => flipped(bytes, 50 + at));
    const alarms = await watcher.alarms({ full: true });
    expect(alarms).toEqual(expect.arrayContaining(paths.slice(0, 3).map((path) => `tile-wrong ${path}`)));
    expect(watcher.state).toBeNull();
  });

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['cut to nothing', () => new Uint8Array()],
    ['with a hash too few', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 32)],
    ['gone', () => null],
    ['too long', (bytes: Uint8Array) => Buffer.concat([bytes, bytes])],
  ])('that are %s', async (_what, change) => {
    for (const path of ['tile/0/001', 'tile/0/003.p/132', 'tile/1/000.p/3', 'tile/entries/002']) {
      const one = createPretendedLog(log.origin, log.keys);
      one.grow(900);
      one.publish();
      one.damage(path, change);
      const alarms = await createWatcher(one).alarms({ full: true });
      expect(alarms, path).toEqual([`tile-wrong ${path}`]);
    }
  });

  test('that are damaged where the log began to be followed', async () => {
    shown(900);
    log.damage('tile/0/003.p/132', (bytes) => flipped(bytes, 9));
    expect(await watcher.alarms()).toEqual(['tile-wrong tiles']);
    expect(watcher.state).toBeNull();
  });
});

describe('a log that is away', () => {
  test.each([
    ['answers with a fault', () => new Response('', { status: 500 })],
    ['has no checkpoint', () => new Response('', { status: 404 })],
    ['answers too much', () => new Response('a'.repeat(400_000))],
    ['does not answer', () => Response.error()],
  ])('%s: unreachable, and what is known stays', async (_name, answer) => {
    shown(5);
    await watcher.look();
    log.answers.set('checkpoint', answer);
    expect(await watcher.alarms()).toEqual([`unreachable ${log.url}`]);
    expect(watcher.state?.size).toBe(5);
  });

  test('in the middle of its tiles: unreachable', async () => {
    shown(5);
    await watcher.look();
    shown(500);
    log.answers.set('tile/entries/000', () => new Response('', { status: 503 }));
    expect(await watcher.alarms()).toEqual([`unreachable ${log.url}`]);
    log.answers.clear();
    expect(await watcher.alarms()).toEqual([]);
  });

  test('for one answer only: it is asked again', async () => {
    shown(5);
    let asked = 0;
    log.answers.set('checkpoint', () => {
      asked += 1;
      return asked < 3
        ? new Response('', { status: 503 })
        : new Response(Buffer.from(log.file('checkpoint') ?? ''));
    });
    expect(await watcher.alarms()).toEqual([]);
  });
});

describe('a log that stands still', () => {
  const stallMs = 15 * 60_000;

  test('without a new entry: stall, until there is one', async () => {
    shown(5);
    expect(await watcher.alarms({ stallMs })).toEqual([]);
    watcher.nowMs += stallMs + 1000;
    log.publish({ at: new Date(watcher.nowMs) });
    expect(await watcher.alarms({ stallMs })).toEqual(['stall growth']);
    log.grow(1);
    log.publish({ at: new Date(watcher.nowMs) });
    expect(await watcher.alarms({ stallMs })).toEqual([]);
  });

  test('without a fresh cosignature: stall', async () => {
    log.grow(5);
    log.publish({ at: new Date(watcher.nowMs - stallMs - 1000) });
    expect(await watcher.alarms({ stallMs })).toEqual(['stall cosignature']);
  });

  test('for us alone, while others have seen more: stall', async () => {
    shown(5);
    const directory = mkdtempSync(join(tmpdir(), 'praya-monitor-'));
    const peer = join(directory, 'peer.note');
    const newer = log.forkedAt(5);
    newer.grow(3);
    writeFileSync(peer, newer.publish());
    const settings = { stallMs, sources: [peer] };
    expect(await watcher.alarms(settings)).toEqual([]);
    watcher.nowMs += stallMs + 1000;
    log.publish({ at: new Date(watcher.nowMs) });
    expect(await watcher.alarms(settings)).toEqual(['stall growth', `stall ${peer}`]);
  });
});

describe('what others were shown', () => {
  let peer: string;
  const alarmsWith = (text: string) => {
    writeFileSync(peer, text);
    return watcher.look({ sources: [peer] });
  };
  beforeEach(() => {
    peer = join(mkdtempSync(join(tmpdir(), 'praya-monitor-')), 'peer.note');
  });

  test('is the same log: smaller, as large, or larger', async () => {
    const notes = [1, 256, 300, 900, 1200].map((size) => {
      shown(size);
      return log.publish({ at: new Date(0), cosigners: [] });
    });
    log.publish({ size: 900 });
    for (const note of notes) expect((await alarmsWith(note)).alarms).toEqual([]);
  });

  test.each([250, 900, 1200])('is another tree, of %i: split-view, with both notes', async (size) => {
    shown(900);
    const fork = log.forkedAt(100);
    fork.grow(size - 100);
    const note = fork.publish({ cosigners: [] });
    if (size > 900) {
      // Whoever serves the larger tree's tiles to us, too, has shown it.
      fork.publish();
      for (const path of fork.paths())
        log.answers.set(path, () => new Response(Buffer.from(fork.file(path) ?? '')));
      await watcher.look();
    }
    const { alarms } = await alarmsWith(note);
    expect(alarms).toMatchObject([{ kind: 'split-view', subject: peer, notes: [log.note(), note] }]);
  });

  test('is found at an address, such as a witness’', async () => {
    shown(900);
    const fork = log.forkedAt(100);
    fork.grow(300);
    const address = 'https://w1.example.edu/0123/checkpoint';
    log.answers.set(address, () => new Response(fork.publish()));
    expect(await watcher.alarms({ sources: [address] })).toEqual([`split-view ${address}`]);
    log.answers.set(address, () => new Response('', { status: 404 }));
    expect(await watcher.alarms({ sources: [address] })).toEqual([`unreachable ${address}`]);
    expect(watcher.state?.size).toBe(900);
  });

  test('is a receipt: its checkpoint counts; one for another log is no evidence of anything', async () => {
    shown(900);
    const fork = log.forkedAt(100);
    fork.grow(300);
    const proofOf = (note: string) => formatTlogProof({ index: 3, proof: [], checkpoint: note });
    expect((await alarmsWith(proofOf(log.publish()))).alarms).toEqual([]);
    expect((await alarmsWith(proofOf(fork.publish()))).alarms).toMatchObject([{ kind: 'split-view' }]);
    const other = createPretendedLog('other.example.gov');
    other.grow(5);
    expect((await alarmsWith(proofOf(other.publish()))).alarms).toMatchObject([
      { kind: 'checkpoint-wrong', subject: peer },
    ]);
    expect((await alarmsWith('nothing')).alarms).toMatchObject([{ kind: 'checkpoint-wrong', subject: peer }]);
  });

  test('is no split view because a tile is damaged', async () => {
    shown(256);
    const note = log.publish();
    shown(900);
    await watcher.look();
    log.damage('tile/0/000', (bytes) => flipped(bytes, 1000));
    log.damage('tile/1/000.p/3', (bytes) => flipped(bytes, 10));
    writeFileSync(peer, note);
    expect(await watcher.alarms({ sources: [peer] })).toEqual(['tile-wrong tiles']);
  });
});

describe('entries that are looked for', () => {
  const hexOf = (index: number) =>
    Buffer.from(leafHash(sha256, log.entries[index] ?? new Uint8Array())).toString('hex');

  test('are told with their places, once', async () => {
    shown(100);
    await watcher.look();
    log.grow(500);
    const commitment = log.entries[350] ?? new Uint8Array();
    expect(commitment.length).toBe(32);
    const watched = parseWatchList(
      [
        '# mine',
        `${hexOf(101)} my licence`,
        `${Buffer.from(hexOf(102), 'hex').toString('base64')} in base64`,
        `${hexOf(599).slice(0, 12)}* a beginning`,
        `${Buffer.from(commitment).toString('hex')} a commitment`,
        `${hexOf(50)} before the beginning`,
        `${'ab'.repeat(32)} nowhere`,
      ].join('\n'),
    );
    log.publish();
    const { sightings, alarms } = await watcher.look({ watched });
    expect(alarms).toEqual([]);
    expect(sightings.map(({ index, name }) => [index, name])).toEqual([
      [101, 'my licence'],
      [102, 'in base64'],
      [350, 'a commitment'],
      [599, 'a beginning'],
    ]);
    expect((await watcher.look({ watched })).sightings).toEqual([]);
    const again = await watcher.look({ watched, full: true });
    expect(again.sightings.map(({ index }) => index)).toEqual([50]);
  });

  test('and should not be there are an alarm for as long as they are on the list', async () => {
    shown(10);
    const watched = parseWatchList(`deny ${hexOf(4)} a revoked key`);
    expect(await watcher.alarms({ watched, full: true })).toEqual(['denied 4']);
    expect(await watcher.alarms({ watched })).toEqual(['denied 4']);
    expect(await watcher.alarms({ watched: [] })).toEqual([]);
  });

  test.each(['xyz', 'ab*', 'deny', `${'ab'.repeat(33)}`, 'AAAA'])(
    'are not found by %o: it is no hash',
    (word) => {
      expect(() => parseWatchList(`\n${word} name`)).toThrow('line 2');
    },
  );
});
