import type { ConsentRefusal } from '@praya/consent/contract';
import { type Id, idSchema } from '@praya/kernel/id';
import { LocalisedText } from '@praya/kernel/language';
import type { Refusals, Result } from '@praya/kernel/result';
import { LogProof } from '@praya/ledger/contract';
import { type Static, Type } from 'typebox';

export type ActId = Id<'act'>;
type PersonId = Id<'per'>;

/** A data service as a department declares it in its connector's configuration. */
export const DataService = Type.Object({
  id: Type.String({ pattern: '^[a-z]+(\\.[a-z-]+)+$', maxLength: 100 }),
  provider: idSchema('org'),
  title: LocalisedText,
  description: LocalisedText,
  fields: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[a-z][A-Za-z0-9]{0,60}$' }),
      title: LocalisedText,
      schema: Type.Record(Type.String(), Type.Unknown()),
    }),
    { minItems: 1, maxItems: 60 },
  ),
  /** JSON Schema 2020-12 of the values, derived from the fields; its digest is in every response */
  schema: Type.Record(Type.String(), Type.Unknown()),
  schemaDigest: Type.String(),
  declaredAt: Type.String({ format: 'date-time' }),
});
export type DataService = Static<typeof DataService>;

/** What happened once, without a word about whom; its salted commitment is on the log. */
export const ActRecord = Type.Object({
  type: Type.Literal('praya.act.v1'),
  id: idSchema('act'),
  kind: Type.Union([Type.Literal('exchange'), Type.Literal('preview'), Type.Literal('consent')]),
  consent_digest: Type.Union([Type.String(), Type.Null()]),
  request_digest: Type.Union([Type.String(), Type.Null()]),
  response_digest: Type.Union([Type.String(), Type.Null()]),
  at: Type.String({ format: 'date-time' }),
});
export type ActRecord = Static<typeof ActRecord>;

/** Everything that a stranger needs to check one act offline. */
export const Receipt = Type.Object({
  type: Type.Literal('praya.receipt.v1'),
  consent: Type.Union([Type.String(), Type.Null()]),
  states: Type.Array(Type.String()),
  request: Type.Union([Type.String(), Type.Null()]),
  response: Type.Union([Type.String(), Type.Null()]),
  act: ActRecord,
  salt: Type.String(),
  log: LogProof,
  trust: Type.String(),
});
export type Receipt = Static<typeof Receipt>;

/** The body of `POST /exchange/v1/requests`. */
export const DataRequest = Type.Object(
  { request: Type.String({ minLength: 20, maxLength: 8000 }) },
  { additionalProperties: false },
);

export const DataAnswer = Type.Object({
  act: idSchema('act'),
  response: Type.String(),
  payload: Type.String(),
  receipt: Receipt,
});
export type DataAnswer = Static<typeof DataAnswer>;

/** What her browser gets before she agrees: the values are sealed to a key that only it holds. */
export const PreviewAnswer = Type.Object({
  act: idSchema('act'),
  response: Type.String(),
  payload: Type.String(),
});
export type PreviewAnswer = Static<typeof PreviewAnswer>;

/**
 * A department's signed declaration of its services: the payload of a JWS `praya-declaration+jws`.
 * Whose the services are, and since when, follows from the signature; members that say so again change nothing.
 */
export const Declaration = Type.Object({
  iss: idSchema('org'),
  aud: Type.Optional(Type.String()),
  iat: Type.Integer(),
  services: Type.Array(
    Type.Object({
      id: DataService.properties.id,
      title: LocalisedText,
      description: LocalisedText,
      fields: DataService.properties.fields,
      schema: DataService.properties.schema,
      schemaDigest: Type.String(),
    }),
    { maxItems: 50 },
  ),
});
export type Declaration = Static<typeof Declaration>;

/** One act as the resident's page lists it. */
export const ActView = Type.Object({
  id: idSchema('act'),
  kind: ActRecord.properties.kind,
  consentId: Type.Union([idSchema('con'), Type.Null()]),
  service: Type.Union([Type.String(), Type.Null()]),
  outcome: Type.Union([
    Type.Literal('done'),
    Type.Literal('refused'),
    Type.Literal('failed'),
    Type.Literal('pending'),
  ]),
  code: Type.Union([Type.String(), Type.Null()]),
  at: Type.String({ format: 'date-time' }),
});
export type ActView = Static<typeof ActView>;

export const REFUSALS = {
  'exchange.request-malformed': 400,
  'exchange.request-signature': 401,
  'exchange.request-expired': 401,
  'exchange.request-replayed': 409,
  'exchange.request-audience': 400,
  'exchange.client-mismatch': 403,
  'exchange.key-revoked': 403,
  'exchange.token-not-for-consent': 403,
  'exchange.service-not-consented': 403,
  'exchange.service-unknown': 404,
  'exchange.frequency-exceeded': 429,
  'exchange.connector-unreachable': 502,
  'exchange.connector-late': 504,
  'exchange.connector-refused': 502,
  'exchange.response-signature': 502,
  'exchange.response-fields': 502,
  'exchange.response-subject': 502,
  'exchange.response-binding': 502,
  'exchange.response-schema': 502,
  'exchange.response-too-large': 502,
  'exchange.act-unknown': 404,
  'exchange.declaration-signature': 401,
  'exchange.declaration-invalid': 400,
  'exchange.preview-not-authorised': 403,
  'exchange.client-suspended': 403,
  'exchange.evidence-unavailable': 503,
  'exchange.abandoned': 504,
} as const satisfies Refusals;
export type ExchangeRefusal = keyof typeof REFUSALS;

/** The exchange's door. */
export interface Exchange {
  /** One consented request: counted, relayed, checked, put on the ledger, then answered. */
  request(about: {
    clientId: string;
    consentIds: readonly string[];
    request: string;
  }): Promise<Result<DataAnswer, ExchangeRefusal | ConsentRefusal>>;
  preview(about: {
    personId: PersonId;
    consentId: Id<'con'>;
    service: string;
    signIn: unknown;
  }): Promise<Result<PreviewAnswer, ExchangeRefusal | ConsentRefusal>>;
  /** A department declares its services; the declaration is signed by its key (JWS). */
  declare(declaration: string): Promise<Result<readonly DataService[], ExchangeRefusal>>;
  services(page: {
    search?: string;
    provider?: string;
    after?: string;
    limit: number;
  }): Promise<readonly DataService[]>;
  service(id: string): Promise<Result<DataService, ExchangeRefusal>>;
  servicesById(ids: readonly string[]): Promise<readonly DataService[]>;
  actsOf(about: {
    personId: PersonId;
    consentId?: Id<'con'>;
    after?: string;
    limit: number;
  }): Promise<readonly ActView[]>;
  receipt(
    about: { actId: ActId; personId: PersonId } | { actId: ActId; clientId: string },
  ): Promise<Result<Receipt, ExchangeRefusal>>;
  /** Puts an act of the consent room on the ledger. */
  recordConsent(about: {
    consentId: Id<'con'>;
    personId: PersonId;
    consentDigest: string;
    at: string;
  }): Promise<void>;
}
