import { type Id, idSchema } from '@praya/kernel/id';
import { LocalisedText } from '@praya/kernel/language';
import { personal } from '@praya/kernel/personal';
import { type Static, Type } from 'typebox';

export type RecordId = Id<'ntr'>;

const instant = Type.String({ format: 'date-time', maxLength: 40 });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** The role of an officer who notarises for an organisation, and the scope of a program's token. */
export const NOTARY = 'notary';

/** SHA-256. Shape: base64url without padding, 43 characters. */
export const Digest = Type.String({ pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' });

/** What is in the QR behind `<origin>/check/`. Shape: 26 of Crockford's base32, 128 random bits; case does not matter. */
export const CheckCode = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}$' });

export const RecordKind = Type.Union([
  Type.Literal('file'),
  Type.Literal('folder'),
  Type.Literal('licence'),
  Type.Literal('approval'),
]);
export type RecordKind = Static<typeof RecordKind>;

/** What a statement says of a record. */
export const StatedState = Type.Union([
  Type.Literal('pending'),
  Type.Literal('active'),
  Type.Literal('suspended'),
  Type.Literal('revoked'),
  Type.Literal('rejected'),
]);
export type StatedState = Static<typeof StatedState>;

/** Where a record stands now: what is stated, `expired` from `validUntil` on, `erased` for a tombstone. */
export const RecordState = Type.Union([StatedState, Type.Literal('expired'), Type.Literal('erased')]);
export type RecordState = Static<typeof RecordState>;

/**
 * One file of a folder. The folder's digest is SHA-256(JCS(manifest)), the files sorted by the UTF-16 code units of
 * their paths.
 */
export const ManifestFile = Type.Object(
  {
    path: personal(Type.String({ minLength: 1, maxLength: 1000 })),
    size: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    digest: Digest,
  },
  { additionalProperties: false },
);
export type ManifestFile = Static<typeof ManifestFile>;

export const MANIFEST_MAX_FILES = 10_000;

const title = personal(Type.String({ minLength: 1, maxLength: 200 }));
const reference = personal(Type.String({ minLength: 1, maxLength: 100 }));
const holder = personal(Type.String({ minLength: 1, maxLength: 200 }));
const reason = personal(Type.String({ minLength: 1, maxLength: 500 }));
const disclose = Type.Union([Type.Literal('status'), Type.Literal('title')]);

/**
 * What is to be notarised. A file brings its digest, a folder its manifest, an approval its steps; a licence and an
 * approval may bring the digest of a document, else the digest is of their canonical content.
 */
export const NewRecord = Type.Object(
  {
    kind: RecordKind,
    title,
    reference: Type.Optional(orNull(reference)),
    digest: Type.Optional(orNull(Digest)),
    manifest: Type.Optional(orNull(Type.Array(ManifestFile, { minItems: 1, maxItems: MANIFEST_MAX_FILES }))),
    holder: Type.Optional(orNull(holder)),
    validFrom: Type.Optional(orNull(instant)),
    validUntil: Type.Optional(orNull(instant)),
    /** what the public check shows beside the status; `status` when not said */
    disclose: Type.Optional(disclose),
    /** the departments that approve, one after the other */
    steps: Type.Optional(
      orNull(
        Type.Array(Type.Object({ organisation: idSchema('org') }, { additionalProperties: false }), {
          minItems: 1,
          maxItems: 20,
        }),
      ),
    ),
  },
  { additionalProperties: false },
);
export type NewRecord = Static<typeof NewRecord>;

/** One statement of a record's history: signed, and on the log. */
export const StatementView = Type.Object({
  revision: Type.Integer({ minimum: 1 }),
  /** who states it; in a chain of approvals not always the organisation of the record */
  issuer: idSchema('org'),
  state: StatedState,
  reason: orNull(reason),
  at: instant,
  /** from when it counts; null: from `at`. A later statement overrides an earlier one from its own effect onwards */
  effectiveFrom: orNull(instant),
  /** SHA-256 of the statement's JSON */
  digest: Digest,
  previous: orNull(Digest),
  place: Type.Object({ origin: Type.String(), index: Type.Integer({ minimum: 0 }) }),
});
export type StatementView = Static<typeof StatementView>;

/** One step of a chain of approvals. */
export const StepView = Type.Object({
  organisation: idSchema('org'),
  name: LocalisedText,
  decision: orNull(Type.Union([Type.Literal('approve'), Type.Literal('reject')])),
  decidedAt: orNull(instant),
});
export type StepView = Static<typeof StepView>;

/** A record as its organisation sees it. Of an erased one only id, organisation, kind, code and times are left. */
export const NotaryRecord = Type.Object({
  id: idSchema('ntr'),
  code: CheckCode,
  /** where the QR leads: `<origin>/check/<code>` */
  checkUrl: Type.String(),
  organisation: idSchema('org'),
  kind: RecordKind,
  title: orNull(title),
  reference: orNull(reference),
  digest: orNull(Digest),
  /** the canonical content of a licence or an approval, whose digest this is where none was brought */
  content: orNull(personal(Type.Record(Type.String(), Type.Unknown()))),
  /** null in lists; there `files` says how many */
  manifest: orNull(Type.Array(ManifestFile)),
  files: Type.Integer({ minimum: 0 }),
  holder: orNull(holder),
  validFrom: orNull(instant),
  validUntil: orNull(instant),
  disclose,
  state: RecordState,
  /** how many statements there are; send it with a change so that nobody's is overwritten unseen */
  revision: Type.Integer({ minimum: 0 }),
  steps: orNull(Type.Array(StepView)),
  /** oldest first; only the newest in lists */
  history: Type.Array(StatementView),
  createdAt: instant,
  erasedAt: orNull(instant),
});
export type NotaryRecord = Static<typeof NotaryRecord>;

export const RecordPage = Type.Object({ items: Type.Array(NotaryRecord), next: orNull(Type.String()) });
export type RecordPage = Static<typeof RecordPage>;

/** `query` is sought in title, reference, holder and code; a digest is compared as a whole. */
export const RecordsQuery = Type.Object(
  {
    query: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    kind: Type.Optional(RecordKind),
    state: Type.Optional(RecordState),
    cursor: Type.Optional(Type.String({ maxLength: 100 })),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    /** for an officer of several organisations */
    organisation: Type.Optional(idSchema('org')),
  },
  { additionalProperties: false },
);
export type RecordsQuery = Static<typeof RecordsQuery>;

/** Suspends, reinstates or revokes. `revision` is the one that the officer saw; another in between refuses the change. */
export const StateChange = Type.Object(
  {
    to: Type.Union([Type.Literal('suspended'), Type.Literal('active'), Type.Literal('revoked')]),
    reason,
    effectiveFrom: Type.Optional(orNull(instant)),
    revision: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type StateChange = Static<typeof StateChange>;

/** A rejection says why. */
export const Decision = Type.Object(
  {
    decision: Type.Union([Type.Literal('approve'), Type.Literal('reject')]),
    reason: Type.Optional(orNull(reason)),
    revision: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type Decision = Static<typeof Decision>;

export const Erasure = Type.Object({ reason }, { additionalProperties: false });
export type Erasure = Static<typeof Erasure>;
