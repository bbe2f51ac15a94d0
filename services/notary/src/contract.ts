import { type Id, idSchema } from '@praya/kernel/id';
import { type Language, LocalisedText } from '@praya/kernel/language';
import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import {
  CheckCode,
  type Decision,
  Digest,
  type Erasure,
  type NewRecord,
  type NotaryRecord,
  type RecordId,
  RecordKind,
  type RecordPage,
  RecordState,
  type RecordsQuery,
  type StateChange,
  StatedState,
  StepView,
} from './records/contract.ts';

export type BulkId = Id<'ntb'>;
type OrganisationId = Id<'org'>;

const instant = Type.String({ format: 'date-time', maxLength: 40 });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** The log of all organisations that have none of their own. */
export const NOTARY_TENANT = 'notary';
export const BULK_MAX_ITEMS = 10_000;

/** Items are checked one by one: what is wrong with one stands in `failed` and stops no other. */
export const BulkRequest = Type.Object(
  {
    items: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      minItems: 1,
      maxItems: BULK_MAX_ITEMS,
    }),
  },
  { additionalProperties: false },
);
export type BulkRequest = Static<typeof BulkRequest>;

/** The columns of a CSV, in any order; the first line names them. `kind` and `title` must be there. */
export const BULK_COLUMNS = [
  'kind',
  'title',
  'reference',
  'digest',
  'holder',
  'validFrom',
  'validUntil',
  'disclose',
] as const;

export const BulkAccepted = Type.Object({ id: idSchema('ntb'), total: Type.Integer() });
export type BulkAccepted = Static<typeof BulkAccepted>;

/** What is wrong with one row; the first is 1, the line of names not counted. */
export const BulkFailure = Type.Object({
  row: Type.Integer({ minimum: 1 }),
  code: Type.String(),
  field: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String()),
});
export type BulkFailure = Static<typeof BulkFailure>;

export const BulkView = Type.Object({
  id: idSchema('ntb'),
  total: Type.Integer(),
  /** rows that are notarised */
  done: Type.Integer(),
  /** the first hundred; `failures` counts all, results.csv has all */
  failed: Type.Array(BulkFailure),
  failures: Type.Integer(),
  state: Type.Union([Type.Literal('running'), Type.Literal('done')]),
  createdAt: instant,
});
export type BulkView = Static<typeof BulkView>;

/**
 * Everything that a stranger needs to check a record offline.
 *
 * Shape   per statement: base64url of its COSE_Sign1, and a C2SP tlog-proof@v1; trust: the trust list (JWS)
 */
export const NotarisationReceipt = Type.Object({
  type: Type.Literal('praya.notarisation-receipt.v1'),
  record: idSchema('ntr'),
  statements: Type.Array(Type.Object({ statement: Type.String(), proof: Type.String() })),
  trust: Type.String(),
});
export type NotarisationReceipt = Static<typeof NotarisationReceipt>;

/** What anybody sees who has the code or the file. */
export const PublicCheck = Type.Object({
  code: CheckCode,
  kind: RecordKind,
  issuer: Type.Object({ id: idSchema('org'), name: LocalisedText }),
  state: RecordState,
  /** of the record, only where its organisation shows it */
  title: orNull(Type.String()),
  digest: orNull(Digest),
  validFrom: orNull(instant),
  validUntil: orNull(instant),
  steps: orNull(Type.Array(StepView)),
  history: Type.Array(
    Type.Object({
      revision: Type.Integer(),
      issuer: Type.Object({ id: idSchema('org'), name: LocalisedText }),
      state: StatedState,
      reason: orNull(Type.String()),
      at: instant,
      effectiveFrom: orNull(instant),
    }),
  ),
  checkedAt: instant,
  erasedAt: orNull(instant),
  /** null for an erased record, or while the log has not yet published its newest statement */
  receipt: orNull(NotarisationReceipt),
});
export type PublicCheck = Static<typeof PublicCheck>;

/** The log to which an organisation's statements go. */
export const NotaryLog = Type.Object({ tenant: Type.String(), origin: Type.String(), openedAt: instant });
export type NotaryLog = Static<typeof NotaryLog>;

/** What this room can refuse. */
export const REFUSALS = {
  /** `errors` names the field and the rule */
  'notary.record-invalid': 400,
  'notary.record-unknown': 404,
  'notary.record-erased': 410,
  'notary.not-your-organisation': 403,
  /** an officer of several organisations says for which */
  'notary.organisation-needed': 400,
  'notary.organisation-suspended': 403,
  /** somebody changed the record in between */
  'notary.changed-meanwhile': 409,
  /** this state does not follow from the present one */
  'notary.state-not-reachable': 409,
  'notary.effective-out-of-range': 400,
  'notary.not-your-turn': 403,
  'notary.reason-needed': 400,
  'notary.revision-unknown': 404,
  'notary.key-malformed': 400,
  /** the Idempotency-Key came before with another body */
  'notary.key-reused': 422,
  'notary.cursor-malformed': 400,
  'notary.bulk-unknown': 404,
  'notary.bulk-malformed': 400,
  'notary.bulk-too-many': 413,
  'notary.bulk-not-for-kind': 400,
  'notary.check-unknown': 404,
  /** the statement is on the log; its checkpoint is not published yet */
  'notary.proof-pending': 503,
  /** the ledger's queue is full; come back after a second */
  'notary.busy': 429,
  'notary.evidence-unavailable': 503,
} as const satisfies Refusals;
export type NotaryRefusal = keyof typeof REFUSALS;

/** Who acts: an officer or a program, and for which organisation. Whether they may is decided before. */
export type Actor = {
  readonly organisation: OrganisationId;
  readonly by: { readonly person: Id<'per'> } | { readonly client: string };
};

/** A repetition under one key does nothing again and is answered with the record as it is; another body is refused. */
export type Idempotency = { readonly key: string; readonly bodyHash: string };

type Answer<T> = Promise<Result<T, NotaryRefusal>>;

/** The notary room's door. */
export interface Notary {
  record(actor: Actor, record: NewRecord, once?: Idempotency): Answer<NotaryRecord>;
  records(actor: Actor, query: Omit<RecordsQuery, 'organisation'>): Answer<RecordPage>;
  /** For the organisation of the record and those of its steps; for others there is none. */
  find(actor: Actor, id: RecordId): Answer<NotaryRecord>;
  change(
    actor: Actor,
    about: { id: RecordId; change: StateChange; once?: Idempotency },
  ): Answer<NotaryRecord>;
  decide(actor: Actor, about: { id: RecordId; decision: Decision; once?: Idempotency }): Answer<NotaryRecord>;
  erase(actor: Actor, about: { id: RecordId; erasure: Erasure }): Answer<NotaryRecord>;
  /** Chains of approval that wait for this organisation, the oldest first. */
  inbox(actor: Actor, page: { cursor?: string; limit: number }): Answer<RecordPage>;
  receipt(actor: Actor, id: RecordId): Answer<NotarisationReceipt>;
  /** A SCITT transparent statement: COSE_Sign1 with its COSE Receipt; of the newest revision when none is named. */
  statement(actor: Actor, about: { id: RecordId; revision?: number }): Answer<Uint8Array>;
  /** C2SP tlog-proof@v1 of one statement. */
  proof(actor: Actor, about: { id: RecordId; revision?: number }): Answer<string>;
  /** A PDF to print, in one language; what it says is what the record is now. */
  certificate(actor: Actor, about: { id: RecordId; language: Language }): Answer<Uint8Array>;
  bulk(
    actor: Actor,
    rows: readonly Readonly<Record<string, unknown>>[],
    once?: Idempotency,
  ): Answer<BulkAccepted>;
  bulkView(actor: Actor, id: BulkId): Answer<BulkView>;
  /** CSV by RFC 4180 with a line per row; no cell begins a formula. */
  bulkResults(actor: Actor, id: BulkId): Answer<string>;
  check(code: string): Answer<PublicCheck>;
  /** At most ten, the newest first. */
  checksOf(digest: string): Promise<readonly PublicCheck[]>;
  /** From here on the organisation's statements go to a log of its own. */
  openLog(actor: Actor): Answer<NotaryLog>;
}
