import type { Consents } from '@praya/consent/contract';
import type { Directory, Organisation } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import { claimedKeyId, signJws, verifyJws } from '@praya/kernel/jws';
import type { Keyring } from '@praya/kernel/keyring';
import type { Ledger } from '@praya/ledger/contract';
import { countsAt } from '../rules.ts';
import type { ExchangeStore } from '../store.ts';

export type Limits = {
  /** how long a connector may take, from the connection to the last byte */
  readonly connectorTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** previews that one request for consent may cause */
  readonly previewsPerConsent: number;
};

export const usualLimits: Limits = {
  connectorTimeoutMs: 10_000,
  maxResponseBytes: 1024 * 1024,
  previewsPerConsent: 20,
};

/** What every verb of this room works with. */
export type Room = {
  readonly store: ExchangeStore;
  readonly now: Clock;
  readonly directory: Pick<Directory, 'organisation' | 'organisationOfClient' | 'trustList'>;
  readonly consents: Pick<Consents, 'allowing' | 'evidence' | 'view'>;
  readonly ledger: Pick<Ledger, 'append' | 'proofOf'>;
  readonly signer: Pick<Keyring, 'signingKey'>;
  readonly issuer: string;
  readonly fetch: typeof fetch;
  readonly limits: Limits;
};

const RELAY_SECONDS = 60;

/** What an organisation's signature comes to: its payload, or why it does not count. */
export type Verdict =
  | { readonly counts: true; readonly payload: unknown }
  | { readonly counts: false; readonly because: 'signature' | 'key-revoked' };

/** Checks a JWS by one of the organisation's signing keys, as the directory knows them now. */
export async function verifyByOrganisation(
  text: string,
  about: { typ: string; organisation: Organisation; now: Date },
): Promise<Verdict> {
  const kid = claimedKeyId(text);
  const key = about.organisation.keys.find((one) => one.kid === kid && one.use === 'sig');
  if (key === undefined) return { counts: false, because: 'signature' };
  const payload = await verifyJws(text, { typ: about.typ, jwk: key.jwk });
  if (payload === undefined) return { counts: false, because: 'signature' };
  if (!countsAt(key, about.now)) return { counts: false, because: 'key-revoked' };
  return { counts: true, payload };
}

/** Our word to a connector that this act is one of ours; it counts for a minute. */
export async function signRelay(
  room: Pick<Room, 'signer' | 'issuer' | 'now'>,
  about: { provider: string; claims: object },
): Promise<string> {
  const iat = Math.floor(room.now().getTime() / 1000);
  const { issuer: iss } = room;
  const jti = crypto.randomUUID();
  return signJws(await room.signer.signingKey(), {
    typ: 'praya-relay+jws',
    payload: { iss, aud: about.provider, jti, iat, exp: iat + RELAY_SECONDS, ...about.claims },
  });
}
