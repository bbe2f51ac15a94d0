import type { Database } from '@praya/kernel/database';
import { leafHash } from '@praya/tlog/merkle-hash';
import type { Batch } from '../sequencer/sequencer.ts';
import { sha256 } from '../sha256.ts';

/** A log as it is opened, for tests that need no sequencer. */
export async function openLog(db: Database, origin: string): Promise<void> {
  const [, , tenant = '', shard = ''] = origin.split('/');
  await db`insert into logs (origin, tenant, shard, opened_at) values (${origin}, ${tenant}, ${shard}, now())
    on conflict do nothing`;
  await db`insert into sequences (origin) values (${origin}) on conflict do nothing`;
  await db`insert into trees (origin) values (${origin}) on conflict do nothing`;
}

/** Takes a lease, as a sequencer does. */
export async function takeLease(db: Database, origin: string): Promise<bigint> {
  const [row] = await db<{ epoch: bigint }[]>`
    update sequences set epoch = epoch + 1 where origin = ${origin} returning epoch`;
  return row?.epoch ?? 0n;
}

/** Gives places and writes the journal, as a sequencer does. */
export async function sequenceBatch(
  db: Database,
  origin: string,
  entries: readonly Uint8Array[],
): Promise<Batch> {
  const leaves = entries.map((entry) => leafHash(sha256, entry));
  const [row] = await db<{ first: bigint }[]>`
    with head as (
      update sequences set size = size + ${entries.length} where origin = ${origin} returning size - ${entries.length} as first
    )
    insert into journal (origin, first, leaves, entries)
    select ${origin}, first, ${Buffer.concat(leaves)}, ${behindLengths(entries)} from head returning first`;
  return { origin, first: Number(row?.first), leaves, entries };
}

/** Entries that are the same in every test: of many lengths. */
export function entriesOf(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => {
    const place = from + at;
    return Buffer.from(`entry ${place} `.padEnd(10 + ((place * 31) % 120), 'x'));
  });
}

function behindLengths(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 255]), entry]),
  );
}
