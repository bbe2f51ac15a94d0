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

/** The ledger's door. */
export interface Ledger {
  /** Appends a commitment; answers once it is durable and has its place, with its proof. */
  append(commitment: Uint8Array): Promise<Result<LogProof, LedgerRefusal>>;
  proofOf(index: number, size?: number): Promise<Result<LogProof, LedgerRefusal>>;
  /** RFC 9162 §2.1.4, base64. */
  consistency(sizes: { from: number; to: number }): Promise<Result<readonly string[], LedgerRefusal>>;
  checkpoint(): Promise<string>;
  /** The origin and the verifier key of the log (`name+hash+key`). */
  identity(): Promise<{ origin: string; vkey: string }>;
}
