import type { Database } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { encodeBase64 } from '@praya/tlog/base64';
import type { LedgerRefusal, LogProof, Place } from '../contract.ts';
import { consistencyProof, inclusionProof } from '../proofs/proofs.ts';
import { findCheckpoint, findStanding, type Standing } from '../store.ts';
import type { TileStore } from '../tiles/tile-store.ts';

type Needs = {
  readonly db: Database;
  readonly tiles: TileStore;
  /** signs what the log's tree is, for entries that no witness has seen yet */
  sign(tree: Pick<Standing, 'origin' | 'root'> & { readonly size: number }): Promise<string>;
};

/**
 * The proof of a place: in the newest published tree; where that does not reach it, in what is in tiles; or in the
 * published tree of a given size.
 */
export async function prove(
  needs: Needs,
  place: Place,
  size?: number,
): Promise<Result<LogProof, LedgerRefusal>> {
  const standing = await findStanding(needs.db, place.origin);
  if (standing === undefined) return refuse('ledger.log-unknown');
  if (!Number.isSafeInteger(place.index) || place.index < 0) return refuse('ledger.index-out-of-range');
  const tree = await treeFor(needs, standing, { index: place.index, size });
  if (!tree.ok) return tree;
  if (place.index >= tree.value.size) return refuse('ledger.index-out-of-range');
  const { proof } = await inclusionProof(needs.tiles, { ...place, size: tree.value.size });
  return ok({
    origin: place.origin,
    index: place.index,
    proof: proof.map(encodeBase64),
    checkpoint: tree.value.note,
  });
}

/** The proof that the tree of one size begins with the tree of another. */
export async function proveConsistency(
  { db, tiles }: Needs,
  origin: string,
  sizes: { readonly from: number; readonly to: number },
): Promise<Result<readonly string[], LedgerRefusal>> {
  const standing = await findStanding(db, origin);
  if (standing === undefined) return refuse('ledger.log-unknown');
  const { from, to } = sizes;
  if (from < 1 || from > to || to > standing.integrated) return refuse('ledger.size-out-of-range');
  return ok((await consistencyProof(tiles, origin, { from, to })).map(encodeBase64));
}

async function treeFor(
  needs: Needs,
  standing: Standing,
  about: { readonly index: number; readonly size: number | undefined },
): Promise<Result<{ readonly size: number; readonly note: string }, LedgerRefusal>> {
  const { origin, published, integrated, root } = standing;
  if (about.size !== undefined) {
    if (about.size < 1 || about.size > published) return refuse('ledger.size-out-of-range');
    const note = await findCheckpoint(needs.db, { origin, size: about.size });
    return note === undefined ? refuse('ledger.checkpoint-unknown') : ok({ size: about.size, note });
  }
  if (standing.note !== null && (about.index < published || integrated === published))
    return ok({ size: published, note: standing.note });
  return ok({ size: integrated, note: await needs.sign({ origin, root, size: integrated }) });
}
