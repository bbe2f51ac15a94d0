import type { BulkFailure, BulkId } from '../contract.ts';
import type { ManifestFile, RecordId, RecordKind, RecordState, StatedState } from '../records/contract.ts';
import type { Place } from '../service/room.ts';

/** A record as it is kept. The manifest is read apart: it may have ten thousand files. */
export type RecordRow = {
  readonly id: RecordId;
  readonly code: string;
  readonly organisation: string;
  readonly kind: RecordKind;
  readonly title: string | null;
  readonly reference: string | null;
  readonly holder: string | null;
  readonly digest: string | null;
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly files: number;
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
  readonly disclose: 'status' | 'title';
  readonly steps: readonly string[] | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly erasedAt: Date | null;
};
export type NewRow = RecordRow & { readonly manifest: readonly ManifestFile[] | null };

/** A statement; without a place while the ledger has not given it one, without its bytes once it is erased. */
export type StatementRow = {
  readonly record: RecordId;
  readonly revision: number;
  readonly issuer: string;
  readonly state: StatedState;
  readonly reason: string | null;
  readonly at: Date;
  readonly effectiveFrom: Date | null;
  readonly digest: string | null;
  readonly previous: string | null;
  readonly statement: Uint8Array | null;
  readonly entry: Uint8Array;
  readonly tenant: string;
  readonly place: Place | null;
};

export type Placed = { readonly record: string; readonly revision: number; readonly place: Place };

/** Who did what. */
export type Action = {
  readonly organisation: string;
  readonly person: string | null;
  readonly client: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly reason: string | null;
  readonly at: Date;
};

export type Repetition = {
  readonly organisation: string;
  readonly actor: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly subject: string;
  readonly at: Date;
};

export type RecordsPage = {
  readonly organisation: string;
  readonly query?: string | undefined;
  readonly digest?: string | undefined;
  readonly code?: string | undefined;
  readonly kind?: RecordKind | undefined;
  readonly state?: RecordState | undefined;
  readonly before?: string | undefined;
  readonly now: Date;
  readonly limit: number;
};

export type BulkRow = { readonly row: number; readonly item: unknown };
export type Bulk = {
  readonly id: BulkId;
  readonly organisation: string;
  readonly person: string | null;
  readonly client: string | null;
  readonly total: number;
  readonly createdAt: Date;
};
export type BulkProgress = {
  readonly done: number;
  readonly failures: number;
  readonly failed: readonly BulkFailure[];
};
/** One line of the results. */
export type BulkResult = {
  readonly row: number;
  readonly record: string | null;
  readonly placed: boolean;
  readonly code: string | null;
  readonly title: string | null;
  readonly reference: string | null;
  readonly digest: string | null;
  readonly refusal: string | null;
  readonly field: string | null;
  readonly rule: string | null;
};

/** What the notary keeps. The one for tests is in memory-store.ts and behaves the same. */
export type NotaryStore = {
  transaction<T>(run: (store: NotaryStore) => Promise<T>): Promise<T>;
  insert(records: readonly NewRow[], statements: readonly StatementRow[]): Promise<void>;
  find(id: string): Promise<RecordRow | undefined>;
  /** The row, which nobody else changes until the transaction ends. */
  lock(id: string): Promise<RecordRow | undefined>;
  findByCode(code: string): Promise<RecordRow | undefined>;
  findByDigest(digest: string, limit: number): Promise<readonly RecordRow[]>;
  manifestOf(id: string): Promise<readonly ManifestFile[] | null>;
  /** The newest first. Only records of which a statement has a place. */
  page(page: RecordsPage): Promise<readonly RecordRow[]>;
  /** Approvals whose next step is this organisation's, the oldest first. */
  waiting(page: {
    organisation: string;
    after?: string | undefined;
    limit: number;
  }): Promise<readonly RecordRow[]>;
  /** In order of records and revisions; those without a place too. */
  statementsOf(ids: readonly string[]): Promise<readonly StatementRow[]>;
  /** False where a statement of this revision is there already. */
  addStatement(statement: StatementRow): Promise<boolean>;
  /** Statements without a place, the oldest first; of these records, or of all that were made before an instant. */
  unplaced(about: {
    records?: readonly string[];
    before?: Date;
    limit: number;
  }): Promise<readonly StatementRow[]>;
  /** Keeps places; a statement that has one keeps it. */
  place(places: readonly Placed[]): Promise<void>;
  /** Drops what says something; the tombstone stays. */
  erase(id: string, at: Date): Promise<void>;
  act(actions: readonly Action[]): Promise<void>;
  findRepetition(
    of: Pick<Repetition, 'organisation' | 'actor' | 'key'>,
  ): Promise<Pick<Repetition, 'bodyHash' | 'subject'> | undefined>;
  /** False where the key is kept already; waits for a transaction that is about to keep it. */
  keepRepetition(repetition: Repetition): Promise<boolean>;
  forgetRepetitions(before: Date): Promise<void>;
  /** Keeps the rows and adds the job that works through them. */
  addBulk(bulk: Bulk, rows: readonly (BulkRow | BulkFailure)[]): Promise<void>;
  findBulk(id: string): Promise<Bulk | undefined>;
  /** Rows that are not records yet, which nobody else takes until the transaction ends. */
  takeRows(bulk: string, limit: number): Promise<readonly BulkRow[]>;
  settleRows(bulk: string, rows: readonly ({ row: number; record: string } | BulkFailure)[]): Promise<void>;
  /** Records of the bulk without a place. */
  unplacedOf(bulk: string, limit: number): Promise<readonly StatementRow[]>;
  progress(bulk: string): Promise<BulkProgress>;
  results(bulk: string): Promise<readonly BulkResult[]>;
  ownLog(organisation: string): Promise<{ tenant: string; origin: string; openedAt: Date } | undefined>;
  keepOwnLog(log: { organisation: string; tenant: string; origin: string; openedAt: Date }): Promise<void>;
};
