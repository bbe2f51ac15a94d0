import { type VerifiedJws, verifyJws } from '@praya/verifier/jws';
import { issuedAt, keyCountsAt, type TrustList, verifyByIssuer } from '@praya/verifier/trust-list';
import { type Answer, answered, refused } from './problem.ts';

/** What became of a consent. */
export type ConsentEvent = {
  readonly event: 'active' | 'paused' | 'resumed' | 'revoked' | 'expired';
  readonly consentId: string;
  readonly at: string;
  readonly jti: string;
};

/** Who may sign events: by a trust list that was checked, or by the keys themselves. */
export type EventSigners =
  | { readonly trust: TrustList }
  | { readonly issuer: string; readonly issuerKeys: TrustList['issuerKeys'] };

const EVENT_URI = /^https:\/\/praya\.example\/events\/consent-(active|paused|resumed|revoked|expired)$/;

/**
 * Checks an event token that was pushed to us.
 *
 * Shape   JWS typ `secevent+jwt` by an `events` key that counted at `iat`; `seen` answers whether a `jti` came before
 * Errors  relying-party.event-*; a replayed event is to be acknowledged with 202 and otherwise ignored
 * Source  RFC 8417 §2.2, RFC 8935 §2; docs/formats.md §12
 */
export async function verifyEvent(
  about: EventSigners & {
    readonly token: unknown;
    readonly audience: string;
    readonly seen: (jti: string) => boolean | Promise<boolean>;
  },
): Promise<Answer<ConsentEvent>> {
  const verified = await verifyToken(about);
  if (!verified.ok) return refused('relying-party.event-signature', verified.refusal.code);
  const { iss, aud, jti, events } = verified.value.payload;
  const issuer = 'trust' in about ? about.trust.issuer : about.issuer;
  if (iss !== issuer) return refused('relying-party.event-issuer');
  if (aud !== about.audience) return refused('relying-party.event-audience');
  const change = changeOf(events);
  if (change === null || typeof jti !== 'string' || jti === '' || jti.length > 200) {
    return refused('relying-party.event-malformed');
  }
  if (await about.seen(jti)) return refused('relying-party.event-replayed');
  return answered({ ...change, jti });
}

type Verified =
  | { readonly ok: true; readonly value: VerifiedJws }
  | { readonly ok: false; readonly refusal: { readonly code: string } };

async function verifyToken(about: EventSigners & { readonly token: unknown }): Promise<Verified> {
  const typ = 'secevent+jwt';
  if ('trust' in about) {
    return verifyByIssuer(about.token, { trust: about.trust, typ, purpose: 'events', instants: issuedAt });
  }
  const keys = about.issuerKeys.filter(({ purpose }) => purpose === 'events');
  const verified = await verifyJws(about.token, { typ, keys });
  if (!verified.ok) return verified;
  const { header, payload } = verified.value;
  const key = keys.find(({ kid }) => kid === header.kid);
  const counted = key !== undefined && issuedAt(payload).some((at) => keyCountsAt(key, at));
  return counted ? verified : { ok: false, refusal: { code: 'trust.key-not-valid-then' } };
}

function changeOf(events: unknown): Omit<ConsentEvent, 'jti'> | null {
  if (typeof events !== 'object' || events === null) return null;
  const [entry, ...more] = Object.entries(events);
  if (entry === undefined || more.length > 0) return null;
  const [uri, body] = entry;
  const [, event] = EVENT_URI.exec(uri) ?? [];
  if (!isEvent(event) || typeof body !== 'object' || body === null) return null;
  const { consent_id: consentId, at } = body;
  if (typeof consentId !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  return { event, consentId, at };
}

function isEvent(value: string | undefined): value is ConsentEvent['event'] {
  return value !== undefined;
}
