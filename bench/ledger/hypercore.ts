import { fdatasync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Hypercore from 'hypercore';
import RandomAccessFile from 'random-access-file';
import type { Appender } from './appender.ts';

/** A core on the disk, and what a client must be sent to check one of its blocks against the signed root. */
export type Core = Appender & {
  readonly length: () => number;
  proofBytes(index: number): Promise<number>;
};

// Blocks and the log of operations: after a crash the core is rebuilt from these two.
const DURABLE = ['data', 'oplog'];

/**
 * hypercore 10, the newest whose files can be synced. By itself it never syncs: its `append` answers when the system
 * has the bytes. So each append is followed by fdatasync of its blocks and of its log, both at once, and calls that
 * wait together share one. Tree and bitfield, which it can compute again, are left out: to its advantage.
 */
export async function openCore(directory: string): Promise<Core> {
  const folder = mkdtempSync(join(directory, 'core-'));
  const files = new Map<string, RandomAccessFile>();
  const core = new Hypercore((name) => {
    const file = new RandomAccessFile(join(folder, name.replaceAll('/', '_')));
    files.set(name, file);
    return file;
  });
  await core.ready();
  const sync = shared(() => Promise.all(DURABLE.map((name) => syncOf(files.get(name)))));
  return {
    append: async (entries) => {
      await core.append(entries);
      await sync();
    },
    length: () => core.length,
    proofBytes: (index) => proofBytes(core, index),
    [Symbol.asyncDispose]: async () => {
      await core.close();
      rmSync(folder, { recursive: true });
    },
  };
}

// Block, sibling hashes, roots and signature, as the replication protocol sends them to a reader who has nothing yet.
async function proofBytes(core: Hypercore, index: number): Promise<number> {
  const { tree } = core.core;
  const proof = await tree.proof({
    block: { index, nodes: 0 },
    upgrade: { start: 0, length: core.length },
  });
  const nodes = [...proof.block.nodes, ...proof.upgrade.nodes, ...proof.upgrade.additionalNodes];
  // Each node goes with its place and the bytes below it, about four bytes each.
  return nodes.reduce((sum, { hash }) => sum + hash.length + 8, 0) + proof.upgrade.signature.length;
}

function syncOf(file: RandomAccessFile | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (file === undefined || file.fd === 0) return reject(new Error('hypercore has not opened its files'));
    fdatasync(file.fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Whoever comes while one runs waits for the next, together with the others. */
function shared(run: () => Promise<unknown>): () => Promise<void> {
  let [running, next]: [Promise<void> | null, Promise<void> | null] = [null, null];
  const begin = (): Promise<void> => {
    running = Promise.resolve(run()).then(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return begin();
    next ??= running.then(() => {
      next = null;
      return begin();
    });
    return next;
  };
}
