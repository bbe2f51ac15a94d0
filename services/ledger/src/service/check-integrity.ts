import type { Database } from '@praya/kernel/database';
import { appendLeafHashes, EMPTY_FRONTIER, type Frontier } from '@praya/tlog/frontier';
import { leafHash, sameBytes } from '@praya/tlog/merkle-hash';
import { TILE_WIDTH, tileWidth } from '@praya/tlog/tiles';
import type { Integrity, IntegrityFault } from '../contract.ts';
import { faultOf, type Head, hasher, headOf, splitHashes, type TileGrowth, tileGrowth } from '../rules.ts';
import { listTiles, readEntries, readHead, readTiles } from '../store.ts';

const PAGE = 4096;

type Recount = {
  frontier: Frontier;
  /** the first leaf that the lowest tiles remember otherwise */
  leaf: number | null;
  tile: Extract<IntegrityFault, { level: number }> | null;
};

/** Recomputes the tree from the entries, in one snapshot of the database, and names the first thing that does not fit. */
export async function recount(db: Database): Promise<Integrity> {
  const head = await readHead(db);
  const state: Recount = { frontier: EMPTY_FRONTIER, leaf: null, tile: null };
  for (;;) {
    const from = state.frontier.size;
    const page = await readEntries(db, { from, limit: PAGE });
    const misplaced = page.findIndex((entry, at) => entry.index !== from + at);
    const whole = misplaced < 0 ? page : page.slice(0, misplaced);
    await compare(db, state, whole);
    if (misplaced >= 0) return fault({ kind: 'entry-missing', index: from + misplaced });
    if (page.length < PAGE) break;
  }
  return judge(head, state, await findSurplusTile(db, state.frontier.size));
}

function judge(head: Head, state: Recount, surplus: Recount['tile']): Integrity {
  const counted = headOf(state.frontier);
  // With fewer or more entries than the head says, the tiles tell whether entries or the head are wrong.
  if (counted.size < head.size && surplus !== null)
    return fault({ kind: 'entry-missing', index: counted.size });
  if (counted.size > head.size && state.tile !== null)
    return fault({ kind: 'entry-surplus', index: head.size });
  const found = faultOf({
    headMatches: counted.size === head.size && sameEdge(counted.frontier, head.frontier),
    rootMatches: sameBytes(counted.root, head.root),
    leaf: state.leaf,
    tile: state.tile ?? surplus,
  });
  if (found !== null) return fault(found);
  return { sound: true, size: head.size, root: Buffer.from(head.root).toString('base64') };
}

async function compare(
  db: Database,
  state: Recount,
  entries: readonly { commitment: Uint8Array }[],
): Promise<void> {
  const leaves = entries.map((entry) => leafHash(hasher, entry.commitment));
  const { frontier, completed } = appendLeafHashes(hasher, state.frontier, leaves);
  state.frontier = frontier;
  const growth = tileGrowth(completed);
  const stored = new Map(
    (await readTiles(db, growth)).map((tile) => [`${tile.level}/${tile.index}`, splitHashes(tile.hashes)]),
  );
  for (const tile of growth) compareTile(state, tile, stored.get(`${tile.level}/${tile.index}`));
}

function compareTile(state: Recount, tile: TileGrowth, stored: readonly Uint8Array[] | undefined): void {
  const { level, index, offset, hashes } = tile;
  if (stored === undefined) {
    state.tile ??= { kind: 'tile-missing', level, index };
    return;
  }
  const wrong = hashes.findIndex((hash, at) => !sameBytes(hash, stored[offset + at] ?? new Uint8Array()));
  if (wrong < 0) return;
  state.tile ??= { kind: 'tile-changed', level, index };
  if (level === 0 && stored.length > offset + wrong) state.leaf ??= index * TILE_WIDTH + offset + wrong;
}

async function findSurplusTile(db: Database, size: number): Promise<Recount['tile']> {
  for (const name of await listTiles(db)) {
    const [tile] = await readTiles(db, [name]);
    if (tile !== undefined && splitHashes(tile.hashes).length > tileWidth(name, size))
      return { kind: 'tile-surplus', level: name.level, index: name.index };
  }
  return null;
}

function sameEdge(one: Frontier, other: Frontier): boolean {
  if (one.hashes.length !== other.hashes.length) return false;
  return one.hashes.every((hash, at) => sameBytes(hash, other.hashes[at] ?? new Uint8Array()));
}

function fault(found: IntegrityFault): Integrity {
  return { sound: false, fault: found };
}
