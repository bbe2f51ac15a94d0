import type { ConsentDocument } from '@praya/consent/contract';
import { canonicalJson, digest, sha256, textDigest } from '@praya/kernel/canonical';
import { idSchema } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ActRecord, ExchangeRefusal } from './contract.ts';

const SKEW_SECONDS = 60;

/** The claims of a bank's data request. */
export const RequestClaims = Type.Object(
  {
    iss: Type.String({ maxLength: 100 }),
    aud: Type.String({ maxLength: 300 }),
    jti: Type.String({ minLength: 8, maxLength: 100 }),
    iat: Type.Integer({ minimum: 0 }),
    exp: Type.Integer({ minimum: 0 }),
    consent_id: idSchema('con'),
    service: Type.String({ maxLength: 100 }),
  },
  { additionalProperties: false },
);
export type RequestClaims = Static<typeof RequestClaims>;

const Digest = Type.String({ minLength: 43, maxLength: 43 });
const Silent = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** The claims of a provider's response to a relayed request. */
export const ResponseClaims = Type.Object({
  iss: Type.String(),
  aud: Type.String(),
  act: Type.String(),
  consent: Type.String(),
  consent_digest: Digest,
  service: Type.String(),
  request_digest: Digest,
  subject_digest: Digest,
  fields: Type.Array(Type.String(), { maxItems: 60 }),
  schema_digest: Type.String(),
  payload_digest: Digest,
  iat: Type.Integer(),
});
export type ResponseClaims = Static<typeof ResponseClaims>;

/** The same for a preview, where no consent was agreed to and no recipient asked. */
export const PreviewClaims = Type.Object({
  ...ResponseClaims.properties,
  aud: Silent,
  consent_digest: Silent,
  request_digest: Silent,
});
export type PreviewClaims = Static<typeof PreviewClaims>;

/** Whether a verified request is meant for us, by this client, and now. */
export function checkRequest(
  claims: RequestClaims,
  expected: { clientId: string; issuer: string; now: Date },
): Result<true, ExchangeRefusal> {
  const now = expected.now.getTime() / 1000;
  if (claims.iss !== expected.clientId) return refuse('exchange.client-mismatch', { field: 'iss' });
  if (claims.aud !== `${expected.issuer}/exchange/v1`) return refuse('exchange.request-audience');
  if (claims.exp <= claims.iat || claims.exp > claims.iat + SKEW_SECONDS) {
    return refuse('exchange.request-malformed', { field: 'exp', rule: 'iat+60' });
  }
  const current = Math.abs(now - claims.iat) <= SKEW_SECONDS && now < claims.exp;
  return current ? ok(true) : refuse('exchange.request-expired');
}

/** Whether a key counts for this instant. */
export function countsAt(
  key: { readonly validFrom: string; readonly validUntil: string; readonly revokedAt: string | null },
  at: Date,
): boolean {
  if (at < new Date(key.validFrom) || at >= new Date(key.validUntil)) return false;
  return key.revokedAt === null || at < new Date(key.revokedAt);
}

/**
 * The counter that a use falls into.
 *
 * Units  days and months are those of UTC
 */
export function termOf(frequency: ConsentDocument['frequency'], at: Date): string {
  const day = at.toISOString();
  if (frequency.per === 'day') return day.slice(0, 10);
  return frequency.per === 'month' ? day.slice(0, 7) : 'total';
}

/** What a provider's response has to say to be the answer to this request and to nothing else. */
export type Expected = {
  readonly act: string;
  readonly provider: string;
  readonly consent: string;
  readonly service: string;
  readonly fields: readonly string[];
  readonly subject: string;
  readonly payload: string;
  /** the description in the catalogue; undefined where the service is not offered */
  readonly schemaDigest: string | undefined;
  readonly now: Date;
  /** null for a preview */
  readonly exchange: {
    readonly clientId: string;
    readonly consentDigest: string;
    readonly requestDigest: string;
    readonly encryptionKid: string;
  } | null;
};

/** Every binding of a verified response, each with its own refusal. */
export function checkResponse(payload: unknown, expected: Expected): Result<true, ExchangeRefusal> {
  const claims = claimsOf(payload, expected);
  if (claims === undefined) return refuse('exchange.response-binding', { rule: 'schema' });
  const bound: Record<string, boolean> = {
    iss: claims.iss === expected.provider,
    act: claims.act === expected.act,
    consent: claims.consent === expected.consent,
    service: claims.service === expected.service,
    payload_digest: claims.payload_digest === textDigest(expected.payload),
    iat: Math.abs(expected.now.getTime() / 1000 - claims.iat) <= SKEW_SECONDS,
    payload: isSealed(expected.payload, expected.exchange?.encryptionKid),
    ...boundToExchange(claims, expected),
  };
  const broken = Object.keys(bound).find((member) => bound[member] !== true);
  if (broken !== undefined) return refuse('exchange.response-binding', { field: broken, rule: 'equal' });
  if (claims.subject_digest !== textDigest(expected.subject)) return refuse('exchange.response-subject');
  const fields = canonicalJson(claims.fields) === canonicalJson(expected.fields);
  if (!fields) return refuse('exchange.response-fields');
  return claims.schema_digest === expected.schemaDigest ? ok(true) : refuse('exchange.response-schema');
}

function claimsOf(payload: unknown, { exchange }: Expected): PreviewClaims | undefined {
  if (exchange === null) return Value.Check(PreviewClaims, payload) ? payload : undefined;
  return Value.Check(ResponseClaims, payload) ? payload : undefined;
}

function boundToExchange(claims: PreviewClaims, { exchange }: Expected): Record<string, boolean> {
  if (exchange === null) return {};
  return {
    aud: claims.aud === exchange.clientId,
    consent_digest: claims.consent_digest === exchange.consentDigest,
    request_digest: claims.request_digest === exchange.requestDigest,
  };
}

// We cannot open what passes through; that it is sealed, and to whom, stands in its header.
function isSealed(jwe: string, kid: string | undefined): boolean {
  const parts = jwe.split('.');
  if (parts.length !== 5) return false;
  try {
    const header = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString('utf8'));
    const sealed = header.alg === 'ECDH-ES' && header.enc === 'A256GCM';
    return sealed && (kid === undefined || header.kid === kid);
  } catch {
    return false;
  }
}

/** The record of an act: what happened, without a word about whom. */
export function actRecord(act: {
  id: ActRecord['id'];
  kind: ActRecord['kind'];
  consentDigest: string | null;
  requestDigest: string | null;
  responseDigest: string | null;
  at: Date;
}): ActRecord {
  return {
    type: 'praya.act.v1',
    id: act.id,
    kind: act.kind,
    consent_digest: act.consentDigest,
    request_digest: act.requestDigest,
    response_digest: act.responseDigest,
    at: act.at.toISOString(),
  };
}

/**
 * What goes on the log for an act: nothing can be read from it, and with its salt gone nothing be proven.
 *
 * Shape  SHA-256(salt ‖ JCS(record)), 32 bytes
 */
export function commitmentOf(record: ActRecord, salt: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([salt, Buffer.from(canonicalJson(record))]));
}

/** The words by which a service is found, in every language. */
export function wordsOf(service: {
  id: string;
  title: Record<string, string>;
  description: Record<string, string>;
}): string {
  const texts = [service.id, ...Object.values(service.title), ...Object.values(service.description)];
  return texts.join('\n').toLowerCase();
}

/** Whether a service's schema is the one that its digest and its fields speak of. */
export function isSoundService(service: {
  fields: readonly { name: string; schema: Record<string, unknown> }[];
  schema: Record<string, unknown>;
  schemaDigest: string;
}): boolean {
  const names = service.fields.map(({ name }) => name);
  const described = Object.keys((service.schema.properties ?? {}) as object);
  return (
    new Set(names).size === names.length &&
    canonicalJson([...names].sort()) === canonicalJson(described.sort()) &&
    service.schemaDigest === digest(service.schema) &&
    service.fields.every(({ schema }) => isSoundSchema(schema))
  );
}

const SCHEMA_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const SCHEMA_BYTES = 4000;

// No references: a schema that has to be fetched to be understood can change after it was signed.
function isSoundSchema(schema: Record<string, unknown>): boolean {
  const text = JSON.stringify(schema);
  if (text.length > SCHEMA_BYTES || /"\$(ref|dynamicRef|recursiveRef)"/.test(text)) return false;
  const types = [schema.type ?? []].flat();
  const known = types.every((type) => typeof type === 'string' && SCHEMA_TYPES.has(type));
  return known && (types.length > 0 || 'enum' in schema || 'const' in schema || 'anyOf' in schema);
}
