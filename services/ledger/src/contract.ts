import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';

/** Where an entry is in a log, and the proof that it is there. */
export const LogProof = Type.Object({
  origin: Type.String(),
  index: Type.Integer({ minimum: 0 }),
  /** sibling hashes from the leaf upwards, base64 */
  proof: Type.Array(Type.String(), { maxItems: 63 }),
  /** the signed note whose tree the proof leads to; with the cosignatures of witnesses once it is published */
  checkpoint: Type.String(),
});
export type LogProof = Static<typeof LogProof>;

/** The place of an entry: for good. */
export type Place = { readonly origin: string; readonly index: number };

/** A log that others check: its name and its verifier key (`name+hash+key`). */
export type LogIdentity = { readonly origin: string; readonly vkey: string };

export const REFUSALS = {
  'ledger.entry-size': 400,
  'ledger.batch-size': 400,
  'ledger.entries-malformed': 400,
  'ledger.tenant-malformed': 400,
  'ledger.index-out-of-range': 404,
  'ledger.size-out-of-range': 400,
  'ledger.tile-unknown': 404,
  'ledger.log-unknown': 404,
  'ledger.checkpoint-unknown': 404,
  /** the queue is full; come back after a second */
  'ledger.busy': 429,
  /** nobody holds the lease just now, or the witnesses have not yet confirmed the log after a start */
  'ledger.unavailable': 503,
  /** the log stands behind what its witnesses have seen: a backup was restored */
  'ledger.halted': 503,
} as const satisfies Refusals;
export type LedgerRefusal = keyof typeof REFUSALS;

/** The largest entry. Units: bytes. Source: C2SP tlog-tiles, the uint16 before each entry. */
export const ENTRY_MAX_BYTES = 65_535;
/** The most entries that one call may bring, and the most bytes. */
export const BATCH_MAX_ENTRIES = 10_000;
export const BATCH_MAX_BYTES = 4 * 1024 * 1024;

/** The log on which the platform's own acts are. */
export const EVIDENCE = 'evidence';

/** A file of a log as C2SP tlog-tiles serves it. `full`: it holds 256 and never changes again. */
export type LogFile = { readonly bytes: Uint8Array; readonly full: boolean };

export const WitnessView = Type.Object({
  name: Type.String(),
  size: Type.Integer(),
  /** entries that the log has published and this witness has not cosigned */
  lag: Type.Integer(),
  cosignedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  trouble: Type.Union([Type.String(), Type.Null()]),
});
export type WitnessView = Static<typeof WitnessView>;

/** One shard of a tenant's log, as the explorer shows it. */
export const LogView = Type.Object({
  origin: Type.String(),
  tenant: Type.String(),
  shard: Type.String(),
  /** the organisation whose programs may append; null where only rooms of the platform may */
  owner: Type.Union([Type.String(), Type.Null()]),
  vkey: Type.String(),
  openedAt: Type.String({ format: 'date-time' }),
  closedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  /** acknowledged entries */
  sequenced: Type.Integer(),
  /** of them in tiles */
  integrated: Type.Integer(),
  /** of them under a cosigned checkpoint */
  published: Type.Integer(),
  publishedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  halted: Type.Union([Type.String(), Type.Null()]),
  /** how many witnesses must cosign, of how many; 0 of 0 without a policy */
  quorum: Type.Object({ need: Type.Integer(), of: Type.Integer() }),
  witnesses: Type.Array(WitnessView),
});
export type LogView = Static<typeof LogView>;

/** One published checkpoint. */
export const CheckpointView = Type.Object({
  size: Type.Integer(),
  root: Type.String(),
  note: Type.String(),
  publishedAt: Type.String({ format: 'date-time' }),
});
export type CheckpointView = Static<typeof CheckpointView>;

/** What a recount of a log finds: nothing, or everything that does not fit, the first hundred. */
export type Integrity = {
  readonly origin: string;
  readonly size: number;
  readonly sound: boolean;
  readonly faults: readonly IntegrityFault[];
};
export type IntegrityFault = {
  readonly kind:
    | 'entry-changed'
    | 'bundle-changed'
    | 'bundle-missing'
    | 'tile-changed'
    | 'tile-missing'
    | 'tree-changed'
    | 'checkpoint-changed'
    | 'checkpoint-signature'
    | 'journal-changed'
    | 'journal-gap'
    | 'sequence-changed';
  /** the path of the tile, the index of the entry, the size of the checkpoint */
  readonly at: string;
};

/** The ledger's door. */
export interface Ledger {
  /**
   * Appends an entry to a tenant's log; answers once it is durable, has its place and a proof.
   * Waits a while for the witnesses; without them the proof leads to a checkpoint that the log alone signed.
   * The same entry again, inside the window of repeats, gets the same place.
   */
  append(entry: Uint8Array, tenant?: string): Promise<Result<LogProof, LedgerRefusal>>;
  /** Appends many; answers once all are durable and have their places, in the order given. All or none. */
  sequence(entries: readonly Uint8Array[], tenant?: string): Promise<Result<readonly Place[], LedgerRefusal>>;
  /** The proof of a place in the newest published tree that holds it, or in the tree of a size. */
  proofOf(place: Place, size?: number): Promise<Result<LogProof, LedgerRefusal>>;
  /** RFC 9162 §2.1.4, base64. */
  consistency(
    origin: string,
    sizes: { from: number; to: number },
  ): Promise<Result<readonly string[], LedgerRefusal>>;
  /** The newest published checkpoint. */
  checkpoint(origin: string): Promise<Result<string, LedgerRefusal>>;
  checkpoints(
    origin: string,
    page: { before?: number; limit: number },
  ): Promise<Result<readonly CheckpointView[], LedgerRefusal>>;
  /** A tile or an entry bundle by its canonical path, `tile/0/x001/234.p/17`. */
  file(origin: string, path: string): Promise<Result<LogFile, LedgerRefusal>>;
  /** Opens a tenant's log where it is not open yet. The owner is the organisation whose programs may append. */
  open(tenant: string, owner?: string): Promise<Result<LogView, LedgerRefusal>>;
  /** The organisation whose programs may append to a tenant's log; null where only rooms of the platform may. */
  ownerOf(tenant: string): Promise<Result<string | null, LedgerRefusal>>;
  /** Every shard of every tenant, the newest first. */
  logs(): Promise<readonly LogView[]>;
  /** What strangers need to check proofs: every log's key, and the witnesses' policy as C2SP tlog-policy writes it. */
  identities(): Promise<{ readonly logs: readonly LogIdentity[]; readonly witnessPolicy: string }>;
  /** Recomputes a log from its entries and compares it with all that is stored. Reads everything: not for a busy hour. */
  checkIntegrity(origin: string): Promise<Integrity>;
}
