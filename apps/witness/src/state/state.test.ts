import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createState, openState, StateDamaged, StateUnavailable } from './state.ts';

const KEYS = [0x01020304, 0xfffefdfc];
const LOGS = ['a', 'b', 'c'].map((letter) => ({ origin: `${letter}.example.gov`, vkey: `${letter} vkey` }));
const [FIRST] = LOGS.map(({ origin }) => origin);
const root = (fill: number) => new Uint8Array(32).fill(fill);

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'praya-state-'));
  file = join(directory, 'state.db');
  createState(directory, KEYS);
});

/** Cosigns a size, as the protocol does; `null` is answered where it is not larger. */
function advance(origin: string, size: number): number | null {
  const state = openState(directory, KEYS);
  try {
    return state.change(origin, (record) => {
      if (record === undefined || record.size >= size) return { next: null, answer: null };
      const next = { ...record, size, root: root(size), timestamp: 1000 + size, note: `note ${size}` };
      return { next, answer: size };
    });
  } finally {
    state.close();
  }
}

function contents(): unknown {
  const state = openState(directory, KEYS);
  try {
    return state.logs();
  } finally {
    state.close();
  }
}

function filled(): void {
  const state = openState(directory, KEYS);
  state.follow(LOGS);
  state.close();
  for (const [at, { origin }] of LOGS.entries())
    for (let size = 1; size < 4; size += 1) advance(origin, size * (at + 1));
}

describe('a state', () => {
  test('is readable by its owner alone', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('remembers what was decided, over a restart', () => {
    filled();
    expect(contents()).toMatchObject([
      { origin: 'a.example.gov', size: 3, root: root(3), timestamp: 1003, note: 'note 3', listed: true },
      { size: 6 },
      { size: 9 },
    ]);
  });

  test('keeps nothing of a decision that fails', () => {
    filled();
    const before = contents();
    const state = openState(directory, KEYS);
    expect(() =>
      state.change('a.example.gov', () => {
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    state.close();
    expect(contents()).toEqual(before);
  });

  test('is not made twice', () => {
    expect(() => createState(directory, KEYS)).toThrow('EEXIST');
  });

  test('of two that are open each sees what the other decided', () => {
    filled();
    const [one, other] = [openState(directory, KEYS), openState(directory, KEYS)];
    const sizes: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const state = turn % 2 === 0 ? one : other;
      state.change('b.example.gov', (record) => {
        if (record === undefined) throw new Error('gone');
        sizes.push(record.size);
        return { next: { ...record, size: record.size + 1 }, answer: null };
      });
    }
    expect(sizes).toEqual(Array.from({ length: 20 }, (_, turn) => 6 + turn));
    one.close();
    other.close();
  });

  test('that another process holds for too long answers that it is not available', () => {
    filled();
    const other = new DatabaseSync(file);
    other.exec('begin exclusive');
    expect(() => advance('a.example.gov', 50)).toThrow(StateUnavailable);
    other.exec('rollback');
    other.close();
    expect(advance('a.example.gov', 50)).toBe(50);
  });
});

describe('a list of logs', () => {
  function follow(...logs: { origin: string; vkey: string }[]) {
    const state = openState(directory, KEYS);
    try {
      return state.follow(logs);
    } finally {
      state.close();
    }
  }

  test('is learnt, and a log is pinned to its first key', () => {
    const other = { origin: 'a.example.gov', vkey: 'another' };
    expect(follow(...LOGS)).toEqual({ learnt: LOGS.map(({ origin }) => origin), dropped: [], conflicts: [] });
    expect(follow(...LOGS)).toEqual({ learnt: [], dropped: [], conflicts: [] });
    expect(follow(other, ...LOGS.slice(1))).toEqual({
      learnt: [],
      dropped: [],
      conflicts: ['a.example.gov'],
    });
    expect(contents()).toMatchObject([{ vkey: 'a vkey' }, {}, {}]);
  });

  test('that names a log twice gives it the first key', () => {
    const other = { origin: 'a.example.gov', vkey: 'another' };
    follow(...LOGS, other);
    expect(contents()).toMatchObject([{ vkey: 'a vkey' }, {}, {}]);
  });

  test('drops a log and takes it up again without forgetting its size or its key', () => {
    filled();
    expect(follow(...LOGS.slice(1))).toEqual({ learnt: [], dropped: ['a.example.gov'], conflicts: [] });
    expect(contents()).toMatchObject([{ listed: false, size: 3 }, {}, {}]);
    const back = follow({ origin: 'a.example.gov', vkey: 'another' }, ...LOGS.slice(1));
    expect(back).toEqual({ learnt: ['a.example.gov'], dropped: [], conflicts: ['a.example.gov'] });
    expect(contents()).toMatchObject([{ listed: true, size: 3, vkey: 'a vkey' }, {}, {}]);
  });
});

describe('a witness does not start', () => {
  const refuses = (about: RegExp) => {
    expect(() => contents()).toThrow(StateDamaged);
    expect(() => contents()).toThrow(about);
    expect(() => contents()).toThrow(/make a new witness/);
  };

  test('without its state: it would begin at zero with keys that have cosigned', () => {
    rmSync(file);
    refuses(/There is no state/);
    writeFileSync(file, '');
    refuses(/There is no state/);
  });

  test('from the state of other keys', () => {
    expect(() => openState(directory, [KEYS[0] ?? 0])).toThrow(/other keys/);
  });

  test('from a file that is no state', () => {
    writeFileSync(file, 'a page of an error\n'.repeat(100));
    refuses(/damaged/);
    rmSync(file);
    const db = new DatabaseSync(file);
    db.exec('create table logs (origin text)');
    db.close();
    refuses(/not the state of a witness/);
  });

  test('from a state of which a part is missing', () => {
    filled();
    const { size } = statSync(file);
    for (const part of [size - 1, size - 4096, size / 2, 4096, 100]) {
      truncateSync(file, part);
      refuses(/damaged|journal|lost|part|state of a witness/);
    }
  });

  test('from a state whose tables have other names: a letter of them is damaged', () => {
    filled();
    const bytes = readFileSync(file);
    for (const word of ['seal blob', 'TABLE logs', 'total blob', 'size integer not null check']) {
      const damaged = Buffer.from(bytes);
      const at = bytes.lastIndexOf(word);
      expect(at, word).toBeGreaterThan(0);
      damaged[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, damaged);
      expect(() => contents(), word).toThrow(StateDamaged);
    }
  });

  test('from a state with a log too few, or with a record that somebody changed', () => {
    filled();
    const older = readFileSync(file);
    advance('a.example.gov', 30);
    const edit = (sql: string) => {
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
    };
    edit("update logs set size = 3 where origin = 'a.example.gov'");
    refuses(/"a.example.gov" is damaged/);
    writeFileSync(file, older);
    edit("delete from logs where origin = 'b.example.gov'");
    refuses(/A log is missing/);
  });

  test('where a bit of its state is another: it reads as it was, or not at all', () => {
    filled();
    const sound = readFileSync(file);
    const before = contents();
    let refused = 0;
    const flip = (bit: number) => {
      const bytes = Buffer.from(sound);
      const at = Math.floor(bit / 8);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
      writeFileSync(file, bytes);
      try {
        expect(contents()).toEqual(before);
      } catch (error) {
        if (!(error instanceof StateDamaged)) throw error;
        refused += 1;
      }
    };
    fc.assert(fc.property(fc.nat(sound.length * 8 - 1), flip), { numRuns: 600 });
    // Where the records are, not in the empty parts of the pages.
    const from = sound.lastIndexOf('a vkey') - 20;
    refused = 0;
    for (let bit = from * 8; bit < (from + 100) * 8; bit += 3) flip(bit);
    expect(refused).toBeGreaterThan(250);
  });
});

test('a damaged record found at work stops that work', () => {
  filled();
  const state = openState(directory, KEYS);
  const db = new DatabaseSync(file);
  db.exec("update logs set root = zeroblob(32) where origin = 'a.example.gov'");
  db.close();
  expect(() => state.change(FIRST ?? '', () => ({ next: null, answer: null }))).toThrow(StateDamaged);
  state.close();
});
