import { type Id, idSchema } from '@praya/kernel/id';
import { PublicEcKey } from '@praya/kernel/jwk';
import { LocalisedText } from '@praya/kernel/language';
import { personal } from '@praya/kernel/personal';
import type { Refusals, Result } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';

export type ConsentId = Id<'con'>;
type PersonId = Id<'per'>;
type OrganisationId = Id<'org'>;

/** The member `type` of our authorization_details (RFC 9396 §2). */
export const DETAIL_TYPE = 'praya_consented_data';

const FieldName = Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,60}$' });
const ServiceName = Type.String({ pattern: '^[a-z]+(\\.[a-z-]+)+$', maxLength: 100 });

export const Frequency = Type.Object(
  {
    max: Type.Integer({ minimum: 1, maximum: 10_000 }),
    per: Type.Union([Type.Literal('total'), Type.Literal('day'), Type.Literal('month')]),
  },
  { additionalProperties: false },
);
export type Frequency = Static<typeof Frequency>;

/** What a consumer asks for, as it travels in the pushed authorisation request. */
export const AuthorizationDetail = Type.Object(
  {
    type: Type.Literal(DETAIL_TYPE),
    locations: Type.Optional(Type.Array(Type.String({ format: 'uri', maxLength: 300 }), { maxItems: 1 })),
    services: Type.Array(
      Type.Object(
        {
          id: ServiceName,
          required: Type.Array(FieldName, { maxItems: 40, uniqueItems: true }),
          optional: Type.Array(FieldName, { maxItems: 40, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 10 },
    ),
    purpose: Type.String({ pattern: '^[a-z][a-z-]{1,60}$' }),
    frequency: Frequency,
    expires_at: Type.String({ format: 'date-time' }),
    retention: Type.String({ pattern: '^P[0-9]{1,4}D$' }),
    encryption_key: PublicEcKey,
  },
  { additionalProperties: false },
);
export type AuthorizationDetail = Static<typeof AuthorizationDetail>;

export const ConsentState = Type.Union(
  ['requested', 'active', 'paused', 'revoked', 'expired', 'refused'].map((state) => Type.Literal(state)),
);
export type ConsentState = 'requested' | 'active' | 'paused' | 'revoked' | 'expired' | 'refused';

/** The document that the citizen signs. See docs/formats.md §2. */
export const ConsentDocument = Type.Object({
  type: Type.Literal('praya.consent.v1'),
  id: idSchema('con'),
  revision: Type.Literal(1),
  previous: Type.Null(),
  issuer: Type.String(),
  recipient: Type.Object({
    organisation: idSchema('org'),
    client: Type.String(),
    name: LocalisedText,
    encryptionKey: PublicEcKey,
  }),
  purpose: Type.Object({ code: Type.String(), text: LocalisedText }),
  services: Type.Array(
    Type.Object({
      id: ServiceName,
      provider: idSchema('org'),
      fields: Type.Array(FieldName),
      subject: Type.String({ maxLength: 8000 }),
    }),
  ),
  frequency: Frequency,
  retention: Type.String(),
  notBefore: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
  notice: Type.Object({ locale: Type.String(), digest: Type.String() }),
});
export type ConsentDocument = Static<typeof ConsentDocument>;

/** Her signature over the document: a WebAuthn assertion, members base64url. */
export const Assertion = personal(
  Type.Object(
    {
      credentialId: Type.String({ maxLength: 1400 }),
      publicKey: Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: 1000 })),
      clientDataJSON: Type.String({ maxLength: 4000 }),
      authenticatorData: Type.String({ maxLength: 4000 }),
      signature: Type.String({ maxLength: 2000 }),
    },
    { additionalProperties: false },
  ),
);
export type Assertion = Static<typeof Assertion>;

/** A later revision: the state that the consent has from then on. */
export type ConsentStateDocument = {
  readonly type: 'praya.consent-state.v1';
  readonly id: ConsentId;
  readonly revision: number;
  readonly previous: string;
  readonly state: Exclude<ConsentState, 'requested' | 'refused'>;
  readonly by: 'citizen' | 'recipient' | 'clock';
  readonly at: string;
};

/** A field as the consent page and the portal show it; its value never comes this way. */
export const FieldView = Type.Object({
  name: FieldName,
  title: LocalisedText,
  required: Type.Boolean(),
});

/** What the resident sees of one consent. */
export const ConsentView = Type.Object({
  id: idSchema('con'),
  /** `tampered` where the stored chain does not hold; such a consent serves nobody */
  state: Type.Union([ConsentState, Type.Literal('tampered')]),
  recipient: Type.Object({ organisation: idSchema('org'), client: Type.String(), name: LocalisedText }),
  purpose: Type.Object({ code: Type.String(), text: LocalisedText }),
  services: Type.Array(
    Type.Object({
      id: ServiceName,
      title: LocalisedText,
      provider: Type.Object({ id: idSchema('org'), name: LocalisedText }),
      fields: Type.Array(FieldView),
      /** sealed to the provider; the browser passes it on when it asks for the preview */
      subject: personal(Type.Union([Type.String(), Type.Null()])),
    }),
  ),
  frequency: Frequency,
  retention: Type.String(),
  requestedAt: Type.String({ format: 'date-time' }),
  decidedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  expiresAt: Type.String({ format: 'date-time' }),
  revision: Type.Integer(),
});
export type ConsentView = Omit<Static<typeof ConsentView>, 'state'> & {
  readonly state: ConsentState | 'tampered';
};

/** The evidence of a consent: its token, then one signed state document per later revision. */
export type ConsentEvidence = {
  /** whose consent it is: for the rooms beside us, never for the recipient */
  readonly personId: PersonId;
  readonly document: ConsentDocument;
  readonly digest: string;
  readonly token: string;
  readonly states: readonly string[];
  readonly state: ConsentState;
};

export const REFUSALS = {
  'consent.unknown': 404,
  'consent.not-yours': 404,
  'consent.detail-invalid': 400,
  'consent.purpose-not-permitted': 400,
  'consent.service-unknown': 400,
  'consent.field-unknown': 400,
  'consent.field-not-permitted': 400,
  'consent.frequency-too-high': 400,
  'consent.life-too-long': 400,
  'consent.retention-too-long': 400,
  'consent.encryption-key-unknown': 400,
  'consent.not-requested': 409,
  'consent.not-active': 403,
  'consent.paused': 403,
  'consent.revoked': 403,
  'consent.expired': 403,
  'consent.refused': 403,
  'consent.required-field-missing': 400,
  'consent.document-changed': 409,
  'consent.signature-wrong': 400,
  'consent.tampered': 500,
  'consent.transition': 409,
  'consent.client-not-admitted': 403,
  'consent.register-unreachable': 502,
  'consent.evidence-pending': 503,
  'consent.withdrawal-malformed': 400,
  'consent.withdrawal-signature': 401,
  'consent.withdrawal-expired': 401,
  'consent.withdrawal-replayed': 409,
} as const satisfies Refusals;
export type ConsentRefusal = keyof typeof REFUSALS;

/** Told by the consent room; payloads carry ids and instants. */
export const EVENTS = {
  activated: 'consent.activated',
  paused: 'consent.paused',
  resumed: 'consent.resumed',
  revoked: 'consent.revoked',
  expired: 'consent.expired',
} as const;

/** A data service as the consent room needs to know it; the exchange room keeps the catalogue. */
export type ServiceDescription = {
  readonly id: string;
  readonly provider: OrganisationId;
  readonly title: LocalisedText;
  readonly fields: readonly { readonly name: string; readonly title: LocalisedText }[];
};

/** What the consent room asks of its surroundings; the platform passes these in. */
export interface ConsentSurroundings {
  services(ids: readonly string[]): Promise<readonly ServiceDescription[]>;
  /** Fresh sealed subjects for a consent, one per provider, from the register of persons. */
  sealSubjects(about: {
    personId: PersonId;
    consentId: ConsentId;
    providers: readonly OrganisationId[];
  }): Promise<Result<Readonly<Record<string, string>>>>;
  /** Checks an assertion by one of her passkeys over these 32 bytes; answers it with the public key added. */
  verifyAssertion(about: {
    personId: PersonId;
    challenge: Uint8Array;
    response: unknown;
  }): Promise<Result<Assertion>>;
  /** Puts a consent act on the ledger. */
  record(about: {
    consentId: ConsentId;
    personId: PersonId;
    consentDigest: string;
    at: string;
  }): Promise<void>;
}

/** Whether one party has been told of a change. `acknowledgedAt` is null while it has not answered. */
export const DeliveryView = Type.Object({
  organisation: Type.Object({ id: idSchema('org'), name: LocalisedText }),
  event: Type.Union(
    ['active', 'paused', 'resumed', 'revoked', 'expired'].map((event) => Type.Literal(event)),
  ),
  at: Type.String({ format: 'date-time' }),
  acknowledgedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  attempts: Type.Integer(),
});
export type ConsentEvent = 'active' | 'paused' | 'resumed' | 'revoked' | 'expired';
export type DeliveryView = Omit<Static<typeof DeliveryView>, 'event'> & { readonly event: ConsentEvent };

/** The consent room's door. */
export interface Consents {
  /** Checks a detail against directory and catalogue and mints the consent, state `requested`. */
  request(about: {
    clientId: string;
    detail: unknown;
    handle: string;
  }): Promise<Result<{ id: ConsentId }, ConsentRefusal>>;
  /** The same check without minting: what a pushed authorisation request is held against. */
  check(about: { clientId: string; detail: unknown }): Promise<Result<AuthorizationDetail, ConsentRefusal>>;
  /** The consent of a pushed request (its `request_uri`). */
  byHandle(handle: string): Promise<Result<ConsentId, ConsentRefusal>>;
  /** Binds a requested consent to the person now signed in, seals her subjects, and answers what she sees. */
  open(about: { id: ConsentId; personId: PersonId }): Promise<Result<ConsentView, ConsentRefusal>>;
  /** The document for her choice of optional fields; its digest is the challenge. */
  prepare(about: {
    id: ConsentId;
    personId: PersonId;
    optional: Readonly<Record<string, readonly string[]>>;
    notice: { locale: string; digest: string };
  }): Promise<Result<{ document: ConsentDocument; challenge: string }, ConsentRefusal>>;
  agree(about: {
    id: ConsentId;
    personId: PersonId;
    document: ConsentDocument;
    response: unknown;
  }): Promise<Result<ConsentEvidence, ConsentRefusal>>;
  refuse(about: { id: ConsentId; personId: PersonId }): Promise<Result<ConsentView, ConsentRefusal>>;
  change(about: {
    id: ConsentId;
    by: { personId: PersonId } | { clientId: string } | 'clock';
    to: 'active' | 'paused' | 'revoked' | 'expired';
  }): Promise<Result<ConsentView, ConsentRefusal>>;
  /** The verified chain; `consent.tampered` where the stored chain does not hold. */
  evidence(id: ConsentId): Promise<Result<ConsentEvidence, ConsentRefusal>>;
  /** The evidence, only if the consent lets this client act now. */
  allowing(about: { id: ConsentId; clientId: string }): Promise<Result<ConsentEvidence, ConsentRefusal>>;
  view(about: { id: ConsentId; personId: PersonId }): Promise<Result<ConsentView, ConsentRefusal>>;
  ofPerson(about: { personId: PersonId; after?: string; limit: number }): Promise<readonly ConsentView[]>;
  /** The recipient gives a consent back by its own signature (JWS `praya-withdrawal+jws`). */
  withdraw(withdrawal: string): Promise<Result<ConsentView, ConsentRefusal>>;
  /** Who has been told of each change of her consent, and who has not answered yet. */
  deliveries(about: {
    id: ConsentId;
    personId: PersonId;
  }): Promise<Result<readonly DeliveryView[], ConsentRefusal>>;
}
