import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { readState, StateDamaged, writeState } from './state-file.ts';
import { createPretendedLog, flipped } from './testing/pretended-log.ts';
import { createWatcher, type Watcher } from './testing/watcher.ts';

const log = createPretendedLog();
let directory: string;
let file: string;
let watcher: Watcher;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'praya-monitor-'));
  file = join(directory, 'state.json');
  watcher = createWatcher(log);
  log.grow(150);
  log.publish();
  await watcher.look();
});

function written(): void {
  if (watcher.state === null) throw new Error('Nothing to remember');
  writeState(file, watcher.state);
}

describe('the memory of a monitor', () => {
  test('reads back as it was, and the log is followed on from it', async () => {
    expect(readState(file, log.origin)).toBeNull();
    written();
    expect(readState(file, log.origin)).toEqual({
      ...watcher.state,
      root: new Uint8Array(watcher.state?.root ?? []),
    });
    watcher.state = readState(file, log.origin);
    log.grow(500);
    log.publish();
    expect(await watcher.alarms()).toEqual([]);
  });

  test('is for its owner alone, and leaves no draft behind', () => {
    written();
    written();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['state.json']);
  });

  test('that cannot be written stays as it was', () => {
    written();
    const before = readFileSync(file, 'utf8');
    mkdirSync(`${file}.${process.pid}.tmp`);
    expect(written).toThrow('EISDIR');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('of another log is refused', () => {
    written();
    expect(() => readState(file, 'other.example.gov')).toThrow(StateDamaged);
  });

  test.each(['', '{}', 'null', '{"format":"praya.monitor.v1"}', '[]'])('that is %o is refused', (text) => {
    writeFileSync(file, text);
    expect(() => readState(file, log.origin)).toThrow(/Put a copy of it back/);
  });

  test('that is cut short is refused, wherever', () => {
    written();
    const { length } = readFileSync(file);
    const sound = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(length - 2), (at) => {
        writeFileSync(file, sound.subarray(0, at));
        expect(() => readState(file, log.origin)).toThrow(StateDamaged);
      }),
      { numRuns: 60 },
    );
  });

  test('of which a bit of the tree is another is refused', () => {
    written();
    const sound = readFileSync(file);
    const from = sound.indexOf('"root":"') + 8;
    for (let bit = from * 8; bit < (from + 42) * 8; bit += 7) {
      writeFileSync(file, flipped(sound, bit));
      expect(() => readState(file, log.origin)).toThrow(StateDamaged);
    }
  });
});
