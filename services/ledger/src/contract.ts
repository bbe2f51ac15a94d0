import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';

/** Where an entry is in the log, and the proof that it is there. */
export const LogProof = Type.Object({
  origin: Type.String(),
  index: Type.Integer({ minimum: 0 }),
  /** sibling hashes from the leaf upwards, base64 */
  proof: Type.Array(Type.String(), { maxItems: 63 }),
  /** the signed note whose tree the proof leads to */
  checkpoint: Type.String(),
});
export type LogProof = Static<typeof LogProof>;

export const REFUSALS = {
  'ledger.entry-size': 400,
  'ledger.index-out-of-range': 404,
  'ledger.size-out-of-range': 400,
  'ledger.tile-unknown': 404,
  'ledger.busy': 429,
} as const satisfies Refusals;
export type LedgerRefusal = keyof typeof REFUSALS;

/** A commitment is exactly this long; every entry looks like every other. */
export const COMMITMENT_BYTES = 32;

/**
 * A file of the log as C2SP tlog-tiles serves it.
 *
 * Shape   `full`: it holds 256 hashes or entries and never changes again
 */
export type LogFile = { readonly bytes: Uint8Array; readonly full: boolean };

/**
 * What a recount of the whole log finds: nothing, or the first thing that does not fit.
 *
 * Shape   `entry-*` names the place of the entry, `tile-*` the tile, `head-changed` the one row that says size and root
 */
export type Integrity =
  | { readonly sound: true; readonly size: number; readonly root: string }
  | { readonly sound: false; readonly fault: IntegrityFault };
export type IntegrityFault =
  | { readonly kind: 'entry-changed' | 'entry-missing' | 'entry-surplus'; readonly index: number }
  | {
      readonly kind: 'tile-changed' | 'tile-missing' | 'tile-surplus';
      readonly level: number;
      readonly index: number;
    }
  | { readonly kind: 'head-changed' };

/** The ledger's door. */
export interface Ledger {
  /**
   * Appends a commitment; answers once it is durable and has its place, with its proof.
   * The same commitment again gets the same place.
   */
  append(commitment: Uint8Array): Promise<Result<LogProof, LedgerRefusal>>;
  proofOf(index: number, size?: number): Promise<Result<LogProof, LedgerRefusal>>;
  /** RFC 9162 §2.1.4, base64. */
  consistency(sizes: { from: number; to: number }): Promise<Result<readonly string[], LedgerRefusal>>;
  checkpoint(): Promise<string>;
  /** The origin and the verifier key of the log (`name+hash+key`). */
  identity(): Promise<{ origin: string; vkey: string }>;
  /** A tile or an entry bundle by its canonical path, `tile/0/x001/234.p/17`. */
  file(path: string): Promise<Result<LogFile, LedgerRefusal>>;
  /** Recomputes the tree from the entries and compares it with what is stored. Reads everything: not for a busy hour. */
  checkIntegrity(): Promise<Integrity>;
}
