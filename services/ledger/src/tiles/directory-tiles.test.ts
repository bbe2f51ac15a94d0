import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tilePath } from '@praya/tlog/tiles';
import { expect, test } from 'vitest';
import { createDirectoryTiles } from './directory-tiles.ts';
import { growingFiles } from './test-files.ts';
import { tileStoreSuite } from './tile-store-suite.ts';

const ORIGIN = 'log.test/log/evidence/2026h2';
const worker = fileURLToPath(new URL('./directory-worker.ts', import.meta.url));

async function withDirectory(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'praya-tiles-'));
  try {
    await use(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

tileStoreSuite('tiles in a directory', (use) =>
  withDirectory((path) =>
    use({
      store: createDirectoryTiles(path),
      other: createDirectoryTiles(path),
      truncate: (origin, tile, bytes) => truncate(join(path, origin, tilePath(tile)), bytes),
    }),
  ),
);

test.each(['half-written', 'before-name', 'after-name'])(
  'a process that is killed %s leaves only whole files, and the next one goes on',
  (point) =>
    withDirectory(async (path) => {
      for (const files of [1, 7, 20]) {
        const child = spawn(process.execPath, [worker, path, ORIGIN, point, String(files)], {
          stdio: 'inherit',
        });
        const [, signal] = await once(child, 'exit');
        expect(signal).toBe('SIGKILL');
        const store = createDirectoryTiles(path);
        for await (const tile of store.list(ORIGIN)) expect(await store.read(ORIGIN, tile)).not.toBeNull();
      }
      const store = createDirectoryTiles(path);
      const turns = growingFiles();
      for (const turn of turns) await store.write(ORIGIN, turn);
      for (const { tile, bytes } of turns.flat()) {
        const stands = await store.read(ORIGIN, tile);
        expect(stands === null ? null : Buffer.compare(stands, bytes), tilePath(tile)).toBe(0);
      }
    }),
);

test('lies as web servers want it, and keeps of a tile only the widest', () =>
  withDirectory(async (path) => {
    const store = createDirectoryTiles(path);
    for (const turn of growingFiles()) await store.write(ORIGIN, turn);
    const lowest = await readdir(join(path, ORIGIN, 'tile', '0'), { recursive: true });
    expect(lowest.filter((name) => !name.endsWith('.p')).length).toBe(4);
    expect(lowest).toEqual(expect.arrayContaining(['000', '001', '002']));
    expect(await readdir(join(path, '.unfinished'))).toEqual([]);
  }));

test.each(['../log', '/log', 'log/../../etc', 'log//x', '', '.'])('has no place for the log %j', (origin) =>
  withDirectory(async (path) => {
    const store = createDirectoryTiles(path);
    await expect(store.read(origin, { level: 0, index: 0, width: 1 })).rejects.toThrow(RangeError);
  }),
);
