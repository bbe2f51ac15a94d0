import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePool } from '@praya/kernel/database';
import { entriesOf } from './batch.ts';
import type { FaultPoint } from './faults.ts';
import type { Batch, Sequencer, SequencerNeeds } from './sequencer.ts';
import { createSequencer } from './sequencer.ts';

/** The log of these tests. */
export const ORIGIN = 'log.test/log/evidence/2026h2';

/** Opens an empty log as the room does. */
export async function openLog(db: DatabasePool, origin = ORIGIN): Promise<void> {
  const tenant =
    origin === ORIGIN ? 'evidence' : createHash('sha256').update(origin).digest('hex').slice(0, 30);
  await db`
    insert into logs (origin, tenant, shard, opened_at) values (${origin}, ${tenant}, '2026h2', now())`;
  await db`insert into sequences (origin) values (${origin})`;
  await db`insert into trees (origin) values (${origin})`;
}

export type Watched = {
  readonly sequencer: Sequencer;
  readonly batches: Batch[];
  readonly leases: { origin: string; epoch: bigint; size: number }[];
  readonly lost: string[];
  readonly troubles: unknown[];
};

/** A sequencer that writes down what it says. */
export function watchedSequencer(
  db: DatabasePool,
  holder: string,
  about: Partial<SequencerNeeds> = {},
): Watched {
  const batches: Batch[] = [];
  const leases: { origin: string; epoch: bigint; size: number }[] = [];
  const lost: string[] = [];
  const troubles: unknown[] = [];
  const sequencer = createSequencer({
    db,
    holder,
    onBatch: (batch) => batches.push(batch),
    onLease: (lease) => leases.push(lease),
    onLost: (origin) => lost.push(origin),
    onTrouble: (_origin, error) => troubles.push(error),
    confirm: async () => 'confirmed',
    ...about,
  });
  return { sequencer, batches, leases, lost, troubles };
}

/** An entry by its name. */
export function entryOf(name: string): Uint8Array {
  return new TextEncoder().encode(name);
}

/** The places of entries; throws a refusal. */
export async function placesOf(
  sequencer: Sequencer,
  names: readonly string[],
  origin = ORIGIN,
): Promise<readonly number[]> {
  const places = await sequencer.sequence(origin, names.map(entryOf));
  if (!places.ok) throw new Error(places.refusal.code);
  return places.value;
}

/**
 * What the log holds, by place. Throws where the journal has a gap or an overlap, does not lead to the size, or where
 * a leaf is not that of its entry.
 */
export async function readLog(db: DatabasePool, origin = ORIGIN): Promise<string[]> {
  const rows = await db<{ first: bigint; leaves: Buffer; entries: Buffer }[]>`
    select first, leaves, entries from journal where origin = ${origin} order by first`;
  const [head] = await db<{ size: bigint }[]>`select size from sequences where origin = ${origin}`;
  const names: string[] = [];
  for (const { first, leaves, entries } of rows) {
    if (Number(first) !== names.length) throw new Error(`A batch at ${first}, where ${names.length} follows`);
    const list = entriesOf(entries);
    const hashes = list.map((entry) =>
      createHash('sha256')
        .update(Buffer.from([0]))
        .update(entry)
        .digest(),
    );
    if (!Buffer.concat(hashes).equals(leaves)) throw new Error(`The leaves at ${first} are of other entries`);
    names.push(...list.map((entry) => new TextDecoder().decode(entry)));
  }
  if (Number(head?.size) !== names.length)
    throw new Error(`${names.length} entries, but a size of ${head?.size}`);
  return names;
}

/** Something that a fault point waits for until it is let go. */
export function gate(at: FaultPoint) {
  let open: () => void = () => {};
  let waiting = 0;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const faults = async (point: FaultPoint) => {
    if (point !== at) return;
    waiting += 1;
    await opened;
  };
  const reached = async () => {
    while (waiting === 0) await sleep(5);
  };
  return { faults, open: () => open(), reached };
}
