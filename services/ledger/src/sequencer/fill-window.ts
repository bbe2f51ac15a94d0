import type { Database } from '@praya/kernel/database';
import type { RepeatWindow } from './window.ts';

/** `gap`: the journal does not lead to the size. */
export type Filled = 'filled' | 'gap';

/**
 * Brings a window up to the size of the log from its journal. What it holds already was durable and is not read again.
 */
export async function fillWindow(
  db: Database,
  window: RepeatWindow,
  about: { origin: string; size: number; capacity: number },
): Promise<Filled> {
  const { origin, size, capacity } = about;
  const oldest = Math.max(0, size - capacity);
  if (window.next() < oldest || window.next() > size) window.restart(oldest);
  const from = window.next();
  if (from === size) return 'filled';
  if (window.held() === 0) window.expect(size - from);
  // Joined over there: a quiet log has as many batches as entries.
  const rows = db<{ first: bigint; end: bigint; leaves: Buffer }[]>`
    select min(first) as first, max(first + octet_length(leaves) / 32) as end,
      string_agg(leaves, '' order by first) as leaves
    from journal
    where origin = ${origin} and first < ${size} and first >= coalesce(
      (select max(first) from journal where origin = ${origin} and first <= ${from}), 0)
    group by first / 8192 order by 1`;
  let next: number | null = window.held() > 0 ? from : null;
  for await (const batch of rows.cursor(8)) {
    for (const { first, end, leaves } of batch) {
      const start = Number(first);
      if (leaves.length / 32 !== Number(end) - start) return 'gap';
      if (next === null && start > from) window.restart(start);
      else if (next !== null && start !== next && start > from) return 'gap';
      for (let at = (window.next() - start) * 32; at < leaves.length; at += 32) window.add(leaves, at);
      next = Number(end);
    }
  }
  if (next !== null && next !== size) return 'gap';
  if (window.next() !== size) window.restart(size);
  return 'filled';
}
