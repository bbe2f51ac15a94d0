import { hash } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Appender, ENTRY_BYTES } from './appender.ts';
import { groupCommit } from './group-commit.ts';

const BLOCK_BYTES = 50_000;
const HASH_BYTES = 32;

/** This disk: blocks of 50 kB, each written and waited for. */
export function bareDisk(directory: string, seconds: number): { syncsPerSecond: number; perSecond: number } {
  const folder = mkdtempSync(join(directory, 'disk-'));
  const file = openSync(join(folder, 'blocks'), 'w');
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  const startedAt = performance.now();
  let blocks = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    writeSync(file, block);
    fdatasyncSync(file);
    blocks += 1;
  }
  const syncsPerSecond = Math.round(blocks / ((performance.now() - startedAt) / 1000));
  closeSync(file);
  rmSync(folder, { recursive: true });
  return { syncsPerSecond, perSecond: syncsPerSecond * (BLOCK_BYTES / ENTRY_BYTES) };
}

/**
 * The least that a durable Merkle log does in Node: hash the leaf, join full pairs upwards, append to a file, sync, answer.
 * No database, no lease, no tiles, no repeats found: a limit, not a log.
 */
export async function bareLoop(directory: string): Promise<Appender> {
  const folder = mkdtempSync(join(directory, 'loop-'));
  const file = openSync(join(folder, 'entries'), 'w');
  const [append, sync] = [promisify(write), promisify(fdatasync)];
  const grow = createEdge();
  const commit = groupCommit<Uint8Array>(
    async (batch) => {
      for (const entry of batch) grow(entry);
      await append(file, Buffer.concat(batch));
      await sync(file);
    },
    { most: 4096, inFlight: 1 },
  );
  return {
    append: commit,
    [Symbol.asyncDispose]: async () => {
      closeSync(file);
      rmSync(folder, { recursive: true });
    },
  };
}

// Half a pair waits at each level for its other half. Text of one byte a character is the quickest way out of `hash`.
function createEdge(): (entry: Uint8Array) => void {
  const leaf = Buffer.alloc(1 + ENTRY_BYTES);
  const pairs = Array.from({ length: 48 }, () => Buffer.alloc(1 + 2 * HASH_BYTES, 1));
  let size = 0;
  return (entry) => {
    leaf.set(entry, 1);
    let digest = hash('sha256', leaf, 'latin1');
    let place = size;
    size += 1;
    for (const pair of pairs) {
      pair.write(digest, place % 2 === 0 ? 1 : 1 + HASH_BYTES, 'latin1');
      if (place % 2 === 0) return;
      digest = hash('sha256', pair, 'latin1');
      place = Math.floor(place / 2);
    }
  };
}
