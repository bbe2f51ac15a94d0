import { type Id, idSchema } from '@praya/kernel/id';
import { PublicEcKey } from '@praya/kernel/jwk';
import { LocalisedText } from '@praya/kernel/language';
import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';

export type { IssuerKey, TrustedOrganisation, TrustList } from './contract/trust-list.ts';
export type OrganisationId = Id<'org'>;
export type ChangeId = Id<'chg'>;
export type PersonId = Id<'per'>;

export const OrganisationKind = Type.Union(
  ['operator', 'department', 'bank', 'university', 'company'].map((kind) => Type.Literal(kind)),
);
export type OrganisationKind = 'operator' | 'department' | 'bank' | 'university' | 'company';

/** What an officer may do. The checker of a change is never its maker. */
export const ROLES = [
  'administrator',
  'directory.maker',
  'directory.checker',
  'counter.registrar',
  'notary',
] as const;
export type Role = (typeof ROLES)[number];

/** A public key of an organisation and the time for which it counts. Instants are RFC 3339 in UTC. */
export const OrganisationKey = Type.Object({
  kid: Type.String(),
  use: Type.Union([Type.Literal('sig'), Type.Literal('enc')]),
  jwk: PublicEcKey,
  validFrom: Type.String({ format: 'date-time' }),
  validUntil: Type.String({ format: 'date-time' }),
  revokedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
export type OrganisationKey = Static<typeof OrganisationKey>;

/**
 * A relying party's registration at the authorisation server. Redirect URIs are compared letter by letter; a client
 * without any is a program, which gets tokens for itself alone.
 */
export const ClientRegistration = Type.Object(
  {
    clientId: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,62}$' }),
    redirectUris: Type.Array(Type.String({ format: 'uri', maxLength: 500 }), { maxItems: 10 }),
    purposes: Type.Array(Type.String({ pattern: '^[a-z][a-z-]{1,60}$' }), { maxItems: 20 }),
    eventsUri: Type.Union([Type.String({ format: 'uri', maxLength: 500 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type ClientRegistration = Static<typeof ClientRegistration>;

/** Where a department's connector listens, and where it is told of revocations. */
export const ConnectorRegistration = Type.Object(
  { url: Type.String({ format: 'uri', maxLength: 500 }), registrar: Type.Boolean() },
  { additionalProperties: false },
);
export type ConnectorRegistration = Static<typeof ConnectorRegistration>;

export const Organisation = Type.Object({
  id: idSchema('org'),
  slug: Type.String({ pattern: '^[a-z][a-z0-9-]{1,60}$' }),
  kind: OrganisationKind,
  name: LocalisedText,
  clients: Type.Array(ClientRegistration),
  connector: Type.Union([ConnectorRegistration, Type.Null()]),
  keys: Type.Array(OrganisationKey),
  suspendedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
export type Organisation = Omit<Static<typeof Organisation>, 'kind'> & { readonly kind: OrganisationKind };

/** What an authorisation request may ask for under a purpose. The strictest rule wins. */
export const PurposeTemplate = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z][a-z-]{1,60}$' }),
    text: LocalisedText,
    /** field ceiling: service id → the fields that this purpose may ever ask for */
    fields: Type.Record(Type.String(), Type.Array(Type.String())),
    maxPerDay: Type.Integer({ minimum: 1 }),
    maxLifeDays: Type.Integer({ minimum: 1 }),
    maxRetentionDays: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type PurposeTemplate = Static<typeof PurposeTemplate>;

/** What each kind of change says. A client registered again by its own organisation is replaced. */
export const CHANGE_PAYLOADS = {
  'organisation.register': Type.Object(
    {
      slug: Type.String({ pattern: '^[a-z][a-z0-9-]{1,60}$' }),
      kind: OrganisationKind,
      name: LocalisedText,
    },
    { additionalProperties: false },
  ),
  'organisation.reinstate': Type.Object({}, { additionalProperties: false }),
  'client.register': ClientRegistration,
  'connector.register': ConnectorRegistration,
  'key.add': Type.Object(
    {
      kid: Type.String({ minLength: 1, maxLength: 100 }),
      use: Type.Union([Type.Literal('sig'), Type.Literal('enc')]),
      jwk: PublicEcKey,
      validFrom: Type.String({ format: 'date-time' }),
      validUntil: Type.String({ format: 'date-time' }),
    },
    { additionalProperties: false },
  ),
  'officer.appoint': Type.Object(
    {
      personId: idSchema('per'),
      roles: Type.Array(Type.Union(ROLES.map((role) => Type.Literal(role))), {
        minItems: 1,
        uniqueItems: true,
      }),
    },
    { additionalProperties: false },
  ),
  'purpose.permit': Type.Object(
    { purpose: Type.String({ pattern: '^[a-z][a-z-]{1,60}$' }) },
    { additionalProperties: false },
  ),
} as const;

/** A change that gives power: proposed by one officer, approved or declined by another. */
export const ChangeKind = Type.Union(
  [
    'organisation.register',
    'client.register',
    'connector.register',
    'key.add',
    'officer.appoint',
    'purpose.permit',
    'organisation.reinstate',
  ].map((kind) => Type.Literal(kind)),
);
export type ChangeKind =
  | 'organisation.register'
  | 'client.register'
  | 'connector.register'
  | 'key.add'
  | 'officer.appoint'
  | 'purpose.permit'
  | 'organisation.reinstate';
export const ChangeState = Type.Union(
  ['proposed', 'approved', 'declined', 'withdrawn'].map((state) => Type.Literal(state)),
);
export type ChangeState = 'proposed' | 'approved' | 'declined' | 'withdrawn';

/** A proposal and what became of it. A new organisation has no id until it is approved. */
export const Change = Type.Object({
  id: idSchema('chg'),
  kind: ChangeKind,
  organisationId: Type.Union([idSchema('org'), Type.Null()]),
  payload: Type.Record(Type.String(), Type.Unknown()),
  state: ChangeState,
  madeBy: idSchema('per'),
  madeAt: Type.String({ format: 'date-time' }),
  decidedBy: Type.Union([idSchema('per'), Type.Null()]),
  decidedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
});
export type Change = {
  readonly id: ChangeId;
  readonly kind: ChangeKind;
  readonly organisationId: OrganisationId | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly state: ChangeState;
  readonly madeBy: PersonId;
  readonly madeAt: string;
  readonly decidedBy: PersonId | null;
  readonly decidedAt: string | null;
  readonly reason: string | null;
};

export const REFUSALS = {
  'directory.organisation-unknown': 404,
  'directory.client-unknown': 404,
  'directory.change-unknown': 404,
  'directory.change-decided': 409,
  'directory.checker-is-maker': 403,
  'directory.not-your-organisation': 403,
  'directory.slug-taken': 409,
  'directory.client-taken': 409,
  'directory.key-unknown': 404,
  'directory.key-taken': 409,
  'directory.key-not-on-curve': 400,
  'directory.key-validity': 400,
  'directory.redirect-uri': 400,
  'directory.purpose-unknown': 400,
  'directory.officer-unknown': 404,
  'directory.organisation-suspended': 403,
  'directory.change-invalid': 400,
  'directory.role-missing': 403,
  'directory.role-not-for-organisation': 400,
  'directory.not-your-change': 403,
  'directory.key-overlap': 409,
  'directory.registrar-taken': 409,
  'directory.officers-appointed': 409,
} as const satisfies Refusals;
export type DirectoryRefusal = keyof typeof REFUSALS;

/** Told by the directory; payloads carry ids only: `organisationId`, and `kid` where a key was revoked. */
export const EVENTS = {
  keyRevoked: 'directory.key-revoked',
  organisationChanged: 'directory.organisation-changed',
} as const;

/** Who looks at the changes: an officer of the operator sees all, others those of their organisations. */
export type ChangesPage = {
  readonly state?: ChangeState;
  readonly after?: string;
  readonly limit: number;
  readonly seenBy?: PersonId;
};

/** Something that an officer does alone, because it takes power away. */
export type Withdrawal = { organisationId: OrganisationId; by: PersonId; reason?: string | null };

/** An organisation that is there from the beginning. */
export type SeededOrganisation = {
  readonly id?: OrganisationId;
  readonly slug: string;
  readonly kind: OrganisationKind;
  readonly name: LocalisedText;
  readonly connector?: ConnectorRegistration;
  readonly keys?: readonly Omit<OrganisationKey, 'revokedAt'>[];
  readonly clients?: readonly ClientRegistration[];
  /** the purposes for which it may ask */
  readonly permits?: readonly string[];
  readonly officers?: readonly { readonly personId: PersonId; readonly roles: readonly Role[] }[];
};

/** What a new city's directory begins with. */
export type CitySeed = {
  readonly purposes: readonly PurposeTemplate[];
  readonly organisations: readonly SeededOrganisation[];
};

/** The directory's door: who there is, with which keys, and who may ask for what. */
export interface Directory {
  organisation(id: OrganisationId): Promise<Result<Organisation, DirectoryRefusal>>;
  organisationOfClient(clientId: string): Promise<Result<Organisation, DirectoryRefusal>>;
  organisations(page: { after?: string; limit: number; search?: string }): Promise<readonly Organisation[]>;
  /** The organisation whose connector keeps the register of persons. */
  registrar(): Promise<Result<Organisation, DirectoryRefusal>>;
  purpose(code: string): Promise<Result<PurposeTemplate, DirectoryRefusal>>;
  purposes(): Promise<readonly PurposeTemplate[]>;
  officesOf(
    personId: PersonId,
  ): Promise<readonly { organisationId: OrganisationId; roles: readonly Role[] }[]>;
  /** The signed trust list (JWS), rebuilt when a key changed and at most a minute old. */
  trustList(): Promise<string>;
  trustAnchor(): Promise<{ kid: string; jwk: object; fingerprint: string }>;
  propose(change: {
    kind: ChangeKind;
    organisationId: OrganisationId | null;
    payload: object;
    madeBy: PersonId;
  }): Promise<Result<Change, DirectoryRefusal>>;
  decide(decision: {
    id: ChangeId;
    decidedBy: PersonId;
    approve: boolean;
    reason: string | null;
  }): Promise<Result<Change, DirectoryRefusal>>;
  /** Only the maker takes a proposal back. */
  withdraw(about: { id: ChangeId; by: PersonId }): Promise<Result<Change, DirectoryRefusal>>;
  /** Newest first. */
  changes(page: ChangesPage): Promise<readonly Change[]>;
  /** Taking power away needs no second officer. A key that is revoked already stays revoked at its first instant. */
  revokeKey(about: Withdrawal & { kid: string }): Promise<Result<OrganisationKey, DirectoryRefusal>>;
  /** Stops an organisation's clients and connector at once; only a change brings it back. For the operator's officers. */
  suspend(about: Withdrawal): Promise<Result<Organisation, DirectoryRefusal>>;
  dismissOfficer(about: Withdrawal & { personId: PersonId }): Promise<Result<null, DirectoryRefusal>>;
}
