import { createHash } from 'node:crypto';
import { type CompletedNode, type Frontier, frontierRoot } from '@praya/tlog/frontier';
import { HASH_BYTES, type Hasher } from '@praya/tlog/merkle-hash';
import { TILE_HEIGHT, TILE_WIDTH } from '@praya/tlog/tiles';
import { COMMITMENT_BYTES, type IntegrityFault } from './contract.ts';

/** SHA-256 as the Merkle functions want it. */
export const hasher: Hasher = (bytes) => createHash('sha256').update(bytes).digest();

/** What one row says of the whole log. */
export type Head = { readonly size: number; readonly root: Uint8Array; readonly frontier: Frontier };

/** Hashes that a tile gains at its end; `offset` is how many it must hold already. */
export type TileGrowth = {
  readonly level: number;
  readonly index: number;
  readonly offset: number;
  readonly hashes: readonly Uint8Array[];
};

/** A commitment has the one length that all have. */
export function isCommitment(bytes: Uint8Array): boolean {
  return bytes.length === COMMITMENT_BYTES;
}

/** The head whose right edge this is. */
export function headOf(frontier: Frontier): Head {
  return { size: frontier.size, root: frontierRoot(hasher, frontier), frontier };
}

/** By how much each tile grows when these subtrees have become full. Only every eighth level is stored. */
export function tileGrowth(completed: readonly CompletedNode[]): TileGrowth[] {
  const growth = new Map<string, { level: number; index: number; offset: number; hashes: Uint8Array[] }>();
  for (const node of completed) {
    if (node.level % TILE_HEIGHT !== 0) continue;
    const level = node.level / TILE_HEIGHT;
    const index = Math.floor(node.index / TILE_WIDTH);
    const key = `${level}/${index}`;
    const tile = growth.get(key) ?? { level, index, offset: node.index % TILE_WIDTH, hashes: [] };
    tile.hashes.push(node.hash);
    growth.set(key, tile);
  }
  return [...growth.values()];
}

/** Splits the stored right edge into its hashes. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

/** What a recount has noticed, each time the first. */
export type Findings = {
  readonly headMatches: boolean;
  readonly rootMatches: boolean;
  /** the first leaf whose hash in the lowest tiles is not that of its entry */
  readonly leaf: number | null;
  readonly tile: Extract<IntegrityFault, { level: number }> | null;
};

/**
 * Whom to believe: where the entries lead to the recorded root they are right and a tile is wrong;
 * where they do not, and a tile remembers another leaf, the entry is wrong.
 */
export function faultOf(findings: Findings): IntegrityFault | null {
  if (!findings.rootMatches && findings.leaf !== null) return { kind: 'entry-changed', index: findings.leaf };
  if (findings.tile !== null) return findings.tile;
  return findings.headMatches && findings.rootMatches ? null : { kind: 'head-changed' };
}
