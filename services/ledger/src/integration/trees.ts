import type { Database } from '@praya/kernel/database';
import type { Frontier } from '@praya/tlog/frontier';
import { splitHashes } from './journal.ts';

/** How far a log is in tiles, and the right edge there. */
export type Tree = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: Frontier;
};

/** The tree as last moved. Errors: throws on a log that was never opened. */
export async function readTree(db: Database, origin: string): Promise<Tree> {
  const [row] = await db<{ size: bigint; root: Uint8Array; frontier: Uint8Array }[]>`
    select size, root, frontier from trees where origin = ${origin}`;
  if (row === undefined) throw new Error(`The log ${origin} has no tree`);
  const size = Number(row.size);
  return { origin, size, root: row.root, frontier: { size, hashes: splitHashes(row.frontier) } };
}

/**
 * Moves the tree on: only from where the mover left it, and only under its own lease.
 * False when somebody else has moved it or holds the log.
 */
export async function moveTree(
  db: Database,
  move: { readonly from: Tree; readonly to: Tree; readonly epoch: bigint },
): Promise<boolean> {
  const { from, to, epoch } = move;
  const moved = await db`
    update trees set size = ${to.size}, root = ${bytes(to.root)}, frontier = ${Buffer.concat(to.frontier.hashes)}
    from (select set_config('synchronous_commit', 'on', true)) as durable (setting)
    where durable.setting = 'on' and origin = ${to.origin} and size = ${from.size} and root = ${bytes(from.root)}
      and exists (select from sequences where sequences.origin = ${to.origin} and epoch = ${epoch})`;
  return moved.count === 1;
}

/** Whether a lease is still the newest. */
export async function isNewest(db: Database, origin: string, epoch: bigint): Promise<boolean> {
  const rows = await db`select from sequences where origin = ${origin} and epoch = ${epoch}`;
  return rows.length === 1;
}

/** The end of what the journal has taken. Errors: throws on a log that was never opened. */
export async function sequencedSize(db: Database, origin: string): Promise<number> {
  const [row] = await db<{ size: bigint }[]>`select size from sequences where origin = ${origin}`;
  if (row === undefined) throw new Error(`The log ${origin} has no sequence`);
  return Number(row.size);
}

function bytes(hash: Uint8Array): Buffer {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length);
}
