import { PublicEcKey } from '@praya/kernel/jwk';
import { type Static, Type } from 'typebox';

const Instant = Type.String({ format: 'date-time' });
const Validity = { validFrom: Instant, validUntil: Instant, revokedAt: Type.Union([Instant, Type.Null()]) };
const SignatureJwk = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
});

const IssuerKey = Type.Object({
  kid: Type.String(),
  purpose: Type.String(),
  jwk: SignatureJwk,
  ...Validity,
});
const OrganisationKey = Type.Object({
  kid: Type.String(),
  use: Type.String(),
  jwk: PublicEcKey,
  ...Validity,
});
const Organisation = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  clients: Type.Array(Type.String()),
  connector: Type.Union([Type.String(), Type.Null()]),
  keys: Type.Array(OrganisationKey),
});

/** The trust list (formats §11), as far as a connector reads it; more members may come. */
export const TrustList = Type.Object({
  type: Type.Literal('praya.trust-list.v1'),
  issuer: Type.String(),
  sequence: Type.Integer({ minimum: 0 }),
  issuedAt: Instant,
  validUntil: Instant,
  rp: Type.Object({ id: Type.String(), origins: Type.Array(Type.String()) }),
  issuerKeys: Type.Array(IssuerKey),
  organisations: Type.Array(Organisation),
});
export type TrustList = Static<typeof TrustList>;
export type TrustedOrganisation = Static<typeof Organisation>;
export type TrustedKey = Static<typeof OrganisationKey>;

type Validity = {
  readonly validFrom: string;
  readonly validUntil: string;
  readonly revokedAt: string | null;
};

/** Whether a key counts for an instant. */
export function countsAt(key: Validity, instant: Date): boolean {
  const at = instant.getTime();
  const revoked = key.revokedAt !== null && at >= Date.parse(key.revokedAt);
  return Date.parse(key.validFrom) <= at && at < Date.parse(key.validUntil) && !revoked;
}

/** A key of the platform for one purpose, if it counts for the instant. */
export function issuerKey(
  list: TrustList,
  about: { readonly purpose: string; readonly kid: string | undefined; readonly at: Date },
): Static<typeof SignatureJwk> | undefined {
  const key = list.issuerKeys.find(({ kid, purpose }) => kid === about.kid && purpose === about.purpose);
  return key !== undefined && countsAt(key, about.at) ? key.jwk : undefined;
}

export function organisationOf(list: TrustList, id: string): TrustedOrganisation | undefined {
  return list.organisations.find((organisation) => organisation.id === id);
}

export function organisationOfClient(list: TrustList, client: string): TrustedOrganisation | undefined {
  return list.organisations.find(({ clients }) => clients.includes(client));
}

/** A key of an organisation by its name and use, whether it counts or not. */
export function namedKey(
  organisation: TrustedOrganisation | undefined,
  use: 'sig' | 'enc',
  kid: string | undefined,
): TrustedKey | undefined {
  return organisation?.keys.find((key) => key.kid === kid && key.use === use);
}

/** The newest encryption key of an organisation that counts now. */
export function sealingKeyOf(list: TrustList, organisation: string, at: Date): TrustedKey | undefined {
  const keys = organisationOf(list, organisation)?.keys ?? [];
  return keys
    .filter((key) => key.use === 'enc' && countsAt(key, at))
    .sort((a, b) => b.validFrom.localeCompare(a.validFrom))[0];
}
