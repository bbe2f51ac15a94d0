import type { DatabasePool, Transaction } from '@praya/kernel/database';
import { type GrowingTree, growTree, type HashTile } from '@praya/tlog/growing-tree';
import { HASH_BYTES } from '@praya/tlog/merkle-hash';
import { parseVerifierKey } from '@praya/tlog/note';
import type { Policy } from '@praya/tlog/policy';
import { TILE_WIDTH, type Tile, tilePath, tileWidth } from '@praya/tlog/tiles';
import type { Integrity } from '../contract.ts';
import { splitHashes } from '../integration/journal.ts';
import { sha256, sha256Into } from '../sha256.ts';
import { TileDamaged, type TileStore } from '../tiles/tile-store.ts';
import { compareBeyond, noteSurplus, tilesBeyond } from './ahead.ts';
import { checkCheckpoint, checkPublished, type Signers } from './checkpoint-check.ts';
import { collectFindings, type Findings } from './findings.ts';
import { checkJournal, type JournalCheck } from './journal-check.ts';
import { judgeLeaves, readLeaves, readOrNote, type StoredLeaves } from './stored-leaves.ts';
import {
  inSnapshot,
  readAllCheckpoints,
  readHeads,
  readSequenced,
  readWholeJournal,
  type StoredCheckpoint,
  type StoredTree,
} from './stored-log.ts';

export type IntegrityNeeds = {
  readonly db: DatabasePool;
  /** the store itself, not a memory of it */
  readonly tiles: TileStore;
  vkeyOf(origin: string): Promise<string>;
  /** whose cosignatures the checkpoints must have; null: they are not looked at */
  readonly policy?: Policy | null;
};

/**
 * Recomputes a log from its entries and compares all that is stored: tiles, tree, checkpoints, journal, sequence.
 * It sees one state of the database, and no more than a few megabytes at a time; the log may go on meanwhile.
 */
export async function checkIntegrity(needs: IntegrityNeeds, origin: string): Promise<Integrity> {
  const key = parseVerifierKey(sha256, await needs.vkeyOf(origin));
  if (!key.ok) throw new Error(`The key of ${origin} is none: ${key.refusal.code}`);
  const findings = collectFindings();
  const signers = { log: key.value, policy: needs.policy ?? null };
  const size = await inSnapshot(needs.db, (tx) => recount({ ...needs, tx, origin, findings, signers }));
  return { origin, size, sound: findings.faults.length === 0, faults: findings.faults };
}

type Check = {
  readonly db: DatabasePool;
  readonly tx: Transaction;
  readonly tiles: TileStore;
  readonly origin: string;
  readonly findings: Findings;
  readonly signers: Signers;
};
type Count = {
  readonly tree: GrowingTree;
  /** the newest state of each tile that is not full */
  readonly edge: Map<number, HashTile>;
  /** the entries of the last bundle */
  readonly last: StoredLeaves | null;
  /** false when neither entries nor hashes were there to count on with */
  readonly whole: boolean;
};

async function recount(check: Check): Promise<number> {
  const { tx, origin, findings } = check;
  const { sequenced, tree } = await readHeads(tx, origin);
  if (sequenced === null) findings.add('sequence-changed', origin);
  if (tree === null) {
    findings.add('tree-changed', origin);
    return 0;
  }
  const journal = checkJournal({ origin, treeSize: tree.size, findings }, readWholeJournal(tx, origin));
  const count = await countLeaves(check, tree, journal);
  if (count.whole) await compareTree(check, tree, count);
  const ahead = await compareAhead(check, { tree, count, journal });
  const sizes = { sequenced: sequenced ?? 0, tree: tree.size, journal: await journal.end() };
  judgeSizes(findings, sizes);
  // the log may have gone on since the snapshot
  const now = (await readSequenced(check.db, origin)) ?? 0;
  noteSurplus(findings, ahead, Math.max(now, sizes.sequenced, sizes.journal ?? 0));
  return tree.size;
}

async function countLeaves(check: Check, stored: StoredTree, journal: JournalCheck): Promise<Count> {
  const tree = growTree(sha256Into);
  const edge = new Map<number, HashTile>();
  const checkpoints = readAllCheckpoints(check.tx, check.origin);
  let checkpoint = await nextCheckpoint(checkpoints);
  let newest: StoredCheckpoint | null = null;
  const judge = (root: Uint8Array | null): void => {
    if (checkpoint !== null) checkCheckpoint(check.findings, { ...check, root }, checkpoint);
    newest = checkpoint;
  };
  let last: StoredLeaves | null = null;
  let whole = true;
  for await (const leaves of readLeaves(check, stored.size)) {
    const believed = await believe(check, stored, leaves);
    whole = believed !== null;
    if (believed === null) break;
    last = leaves;
    await journal.compare(leaves.index * TILE_WIDTH, believed);
    const hashes = splitHashes(believed);
    const end = tree.size + hashes.length;
    for (; checkpoint !== null && checkpoint.size <= end; checkpoint = await nextCheckpoint(checkpoints)) {
      tree.append(hashes.splice(0, checkpoint.size - tree.size));
      judge(tree.root());
    }
    tree.append(hashes);
    await compareUpperTiles(check, tree, edge);
  }
  // what is beyond the tree has no root: it ought not to be there
  for (; checkpoint !== null; checkpoint = await nextCheckpoint(checkpoints)) {
    judge(checkpoint.size === 0 ? growTree(sha256Into).root() : null);
    if (checkpoint.size > stored.size) check.findings.add('checkpoint-changed', checkpoint.size);
  }
  checkPublished(check.findings, stored, newest);
  return { tree, edge, last, whole };
}

async function nextCheckpoint(rows: AsyncGenerator<StoredCheckpoint>): Promise<StoredCheckpoint | null> {
  const { value, done } = await rows.next();
  return done === true ? null : value;
}

/** Leaves that entries and tile agree on; where they do not, those that the next level or the tree's edge vouches for. */
async function believe(check: Check, stored: StoredTree, leaves: StoredLeaves): Promise<Uint8Array | null> {
  const { counted, tile } = leaves;
  if (counted !== null && tile !== null && Buffer.compare(counted, tile) === 0) return counted;
  const voucher = await voucherOf(check, stored, leaves);
  const vouched = (hashes: Uint8Array | null): boolean =>
    hashes !== null && voucher !== null && Buffer.compare(subtreesOf(hashes), voucher) === 0;
  const about = { counted: vouched(counted), tile: vouched(tile), known: voucher !== null };
  return judgeLeaves(check.findings, leaves, about);
}

/** What the store says of the hashes above these leaves: the one of a full tile, those of the right edge otherwise. */
async function voucherOf(check: Check, stored: StoredTree, leaves: StoredLeaves): Promise<Uint8Array | null> {
  if (leaves.width < TILE_WIDTH) return stored.frontier.subarray(-HASH_BYTES * bitsOf(leaves.width));
  const above = { level: 1, index: Math.floor(leaves.index / TILE_WIDTH) };
  const width = tileWidth(above, stored.size);
  const bytes = await check.tiles.read(check.origin, { ...above, width }).catch((error: unknown) => {
    if (error instanceof TileDamaged) return null;
    throw error;
  });
  const at = (leaves.index % TILE_WIDTH) * HASH_BYTES;
  return bytes === null ? null : bytes.subarray(at, at + HASH_BYTES);
}

async function compareUpperTiles(
  check: Check,
  tree: GrowingTree,
  edge: Map<number, HashTile>,
): Promise<void> {
  for (const changed of tree.takeChanged()) {
    if (changed.tile.level === 0) continue;
    if (changed.tile.width === TILE_WIDTH) {
      edge.delete(changed.tile.level);
      await compareTile(check, changed);
    } else edge.set(changed.tile.level, changed);
  }
}

async function compareTree(check: Check, stored: StoredTree, { tree, edge }: Count): Promise<void> {
  for (const tile of edge.values()) await compareTile(check, tile);
  const frontier = Buffer.concat(tree.frontier().hashes);
  const fits =
    Buffer.compare(stored.root, tree.root()) === 0 && Buffer.compare(stored.frontier, frontier) === 0;
  if (!fits) check.findings.add('tree-changed', stored.size);
}

async function compareTile(check: Check, { tile, bytes }: HashTile): Promise<void> {
  const stands = await readOrNote(check, tile);
  if (stands !== null && Buffer.compare(stands, bytes) !== 0)
    check.findings.add('tile-changed', tilePath(tile));
}

/** Tiles that stand wider than the tree; as far as the journal reaches they are what it will make of them. */
async function compareAhead(
  check: Check,
  about: { readonly tree: StoredTree; readonly count: Count; readonly journal: JournalCheck },
): Promise<Map<string, Tile>> {
  const { tree, count, journal } = about;
  const tiles = await tilesBeyond(check, tree.size);
  const entries = tree.size % TILE_WIDTH === 0 ? [] : (count.last?.entries ?? null);
  if (tiles.size > 0 && count.whole && entries !== null)
    await compareBeyond(check, { tree: count.tree, entries, tiles }, journal.beyond(tree.size));
  return tiles;
}

/**
 * How many were sequenced, how many are in tiles and where the journal ends have to go together.
 * `journal` is null when it has faults of its own.
 */
function judgeSizes(
  findings: Findings,
  sizes: { readonly sequenced: number; readonly tree: number; readonly journal: number | null },
): void {
  const { sequenced, tree, journal } = sizes;
  if (tree > sequenced) {
    if (journal === sequenced) findings.add('tree-changed', tree);
    else findings.add('sequence-changed', sequenced);
    return;
  }
  if (journal !== null && journal > sequenced) findings.add('sequence-changed', sequenced);
  if ((journal ?? sequenced) < sequenced) {
    findings.add('journal-gap', journal ?? tree);
    // who is right cannot be told when the tree knows nothing of it
    if (tree !== sequenced) findings.add('sequence-changed', sequenced);
  }
}

function subtreesOf(hashes: Uint8Array): Uint8Array {
  const tree = growTree(sha256Into);
  tree.append(splitHashes(hashes));
  return Buffer.concat(tree.frontier().hashes);
}

function bitsOf(width: number): number {
  return [...width.toString(2)].filter((bit) => bit === '1').length;
}
