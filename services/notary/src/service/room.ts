import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { Keyring } from '@praya/kernel/keyring';
import type { Result } from '@praya/kernel/result';
import type { LogProof } from '@praya/ledger/contract';
import type { NotaryStore } from '../store/store.ts';

/** The place of an entry: for good. */
export type Place = { readonly origin: string; readonly index: number };

/** What the notary asks of the ledger. */
export type NotaryLedger = {
  /** Places in the order given, once all are durable; the same entry again gets the same place. */
  sequence(entries: readonly Uint8Array[], tenant: string): Promise<Result<readonly Place[]>>;
  /** The proof of a place in the newest published tree that holds it. */
  proofOf(place: Place): Promise<Result<LogProof>>;
  /** The COSE Receipt of a place (RFC 9942), from the same tree. */
  coseReceipt(place: Place): Promise<Result<Uint8Array>>;
  /** Opens a tenant's log where it is not open yet. */
  open(tenant: string, owner?: string): Promise<Result<{ readonly origin: string }>>;
};

/** Where a test may end the process: before and after each step of a statement's way. */
export type FaultPoint =
  | 'before-statement'
  | 'after-statement'
  | 'before-sequence'
  | 'after-sequence'
  | 'after-place'
  | 'before-rows'
  | 'after-rows';

/** What every verb of this room works with. */
export type Room = {
  readonly store: NotaryStore;
  readonly now: Clock;
  readonly directory: Pick<Directory, 'organisation' | 'trustList'>;
  readonly ledger: NotaryLedger;
  readonly signer: Pick<Keyring, 'signingKey'>;
  /** scheme, host and port of the public pages */
  readonly origin: string;
  readonly faults: (point: FaultPoint) => void | Promise<void>;
};
