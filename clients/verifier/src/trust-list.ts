import { type Checked, proven, unproven } from './checked.ts';
import { isPublicJwk } from './jwk.ts';
import { decodeJws, type JwsKey, type VerifiedJws, verifyJws } from './jws.ts';
import {
  count,
  instant,
  isObject,
  type JsonObject,
  list,
  localisedText,
  members,
  nullable,
  oneOf,
  type Shaped,
  text,
  textOrNone,
} from './shape.ts';
import { POLICY_MAX_LENGTH } from './witness-policy.ts';

/** The longest trust list that is read. Units: characters. */
export const TRUST_LIST_MAX_LENGTH = 1_000_000;

/** The key that signs trust lists: the only thing that a verifier must be given beforehand. */
export type TrustAnchor = JwsKey;

const window = { validFrom: instant, validUntil: instant, revokedAt: nullable(instant) };
const isIssuerKey = members({
  kid: text(300),
  purpose: oneOf('consent', 'gateway', 'events', 'notary'),
  jwk: isObject,
  ...window,
});
const isOrganisationKey = members({ kid: text(300), use: oneOf('sig', 'enc'), jwk: isObject, ...window });
const isOrganisation = members({
  id: text(100),
  kind: text(100),
  name: localisedText,
  clients: list(text(300), 1000),
  connector: nullable(text(1000)),
  keys: list(isOrganisationKey, 1000),
});
const isTrustList = members({
  type: oneOf('praya.trust-list.v1'),
  issuer: text(1000),
  sequence: count,
  issuedAt: instant,
  validUntil: instant,
  rp: members({ id: text(300), origins: list(text(300), 100) }),
  logs: list(members({ origin: text(300), vkey: text(1000) }), 10_000),
  witnessPolicy: textOrNone(POLICY_MAX_LENGTH),
  issuerKeys: list(isIssuerKey, 1000),
  organisations: list(isOrganisation, 10_000),
});

/** Who there is, with which keys, for which time. */
export type TrustList = Shaped<typeof isTrustList>;
export type IssuerKey = Shaped<typeof isIssuerKey>;
export type OrganisationKey = Shaped<typeof isOrganisationKey>;
export type TrustedOrganisation = Shaped<typeof isOrganisation>;
export type IssuerPurpose = IssuerKey['purpose'];

/**
 * Checks a trust list by its anchor and reads it. Whether it is still fresh is another question: `trustListCountsAt`.
 *
 * Shape   JWS typ `praya-trust-list+jws`, EdDSA; a list with one `log` is read as one of `logs` without witnesses
 * Errors  those of verifyJws, trust.malformed
 */
export async function verifyTrustList(jws: unknown, anchor: TrustAnchor): Promise<Checked<TrustList>> {
  const verified = await verifyJws(jws, {
    typ: 'praya-trust-list+jws',
    keys: [anchor],
    maxLength: TRUST_LIST_MAX_LENGTH,
  });
  if (!verified.ok) return verified;
  const list = withLogs(verified.value.payload);
  return isTrustList(list) ? proven(list) : unproven('trust.malformed');
}

/** Lists of before 2026-11-23 name one log and no witnesses; receipts that carry one are kept for years. */
function withLogs(payload: JsonObject): JsonObject {
  const { log, ...list } = payload;
  const isOld = log !== undefined && list.logs === undefined && list.witnessPolicy === undefined;
  return isOld ? { ...list, logs: [log], witnessPolicy: '' } : payload;
}

/** Whether the list still counts at an instant. A newer list may speak of older acts; an older one not of newer. */
export function trustListCountsAt(trust: TrustList, at: Date): boolean {
  return at.getTime() < Date.parse(trust.validUntil);
}

/** Whether a key counts for an instant: validFrom ≤ at < validUntil, and not revoked by then. */
export function keyCountsAt(
  key: { readonly validFrom: string; readonly validUntil: string; readonly revokedAt: string | null },
  at: Date,
): boolean {
  const ms = at.getTime();
  if (!(Date.parse(key.validFrom) <= ms && ms < Date.parse(key.validUntil))) return false;
  return key.revokedAt === null || ms < Date.parse(key.revokedAt);
}

/** Our own keys for a purpose that count at an instant. */
export function issuerKeysAt(trust: TrustList, purpose: IssuerPurpose, at: Date): readonly IssuerKey[] {
  return trust.issuerKeys.filter((key) => key.purpose === purpose && keyCountsAt(key, at));
}

/** The organisation of this id. */
export function organisationOf(trust: TrustList, id: string): TrustedOrganisation | null {
  return trust.organisations.find((organisation) => organisation.id === id) ?? null;
}

/** The organisation to which a client belongs. */
export function organisationOfClient(trust: TrustList, client: string): TrustedOrganisation | null {
  return trust.organisations.find(({ clients }) => clients.includes(client)) ?? null;
}

/** Reads out of a payload the instants for which the signer's key may count; one of them is enough. */
export type InstantsOf = (payload: JsonObject) => readonly Date[];

/** The instant at which a JWT says that it was issued. Source: RFC 7519 §4.1.6 */
export function issuedAt(payload: JsonObject): readonly Date[] {
  const { iat } = payload;
  return typeof iat === 'number' && Math.abs(iat) < 8e12 ? [new Date(iat * 1000)] : [];
}

/**
 * Checks a JWS of the platform itself: a consent, a state, a relay, an event.
 *
 * Errors  those of verifyJws, trust.key-unknown, trust.key-not-valid-then, trust.instant-missing
 */
export async function verifyByIssuer(
  jws: unknown,
  by: {
    readonly trust: TrustList;
    readonly typ: string;
    readonly purpose: IssuerPurpose;
    readonly instants: InstantsOf;
  },
): Promise<Checked<VerifiedJws>> {
  const keys = by.trust.issuerKeys.filter(({ purpose }) => purpose === by.purpose);
  return verifyByWindow(jws, { keys, typ: by.typ, instants: by.instants });
}

/**
 * Checks a JWS of an organisation: a request, a response, a declaration.
 *
 * Errors  those of verifyJws, trust.organisation-unknown, trust.key-unknown, trust.key-not-valid-then, trust.instant-missing
 */
export async function verifyByOrganisation(
  jws: unknown,
  by: {
    readonly trust: TrustList;
    readonly typ: string;
    readonly organisation: string;
    readonly instants: InstantsOf;
  },
): Promise<Checked<VerifiedJws>> {
  const organisation = organisationOf(by.trust, by.organisation);
  if (organisation === null) return unproven('trust.organisation-unknown');
  const keys = organisation.keys.filter(({ use }) => use === 'sig');
  return verifyByWindow(jws, { keys, typ: by.typ, instants: by.instants });
}

async function verifyByWindow(
  jws: unknown,
  by: {
    readonly keys: readonly (JwsKey & Parameters<typeof keyCountsAt>[0])[];
    readonly typ: string;
    readonly instants: InstantsOf;
  },
): Promise<Checked<VerifiedJws>> {
  const decoded = decodeJws(jws);
  if (!decoded.ok) return decoded;
  const key = by.keys.find(({ kid }) => kid === decoded.value.header.kid);
  if (key === undefined || !isPublicJwk(key.jwk)) return unproven('trust.key-unknown');
  const verified = await verifyJws(jws, { typ: by.typ, keys: [key] });
  if (!verified.ok) return verified;
  const instants = by.instants(verified.value.payload);
  if (instants.length === 0) return unproven('trust.instant-missing');
  return instants.some((at) => keyCountsAt(key, at)) ? verified : unproven('trust.key-not-valid-then');
}
