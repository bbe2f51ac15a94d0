import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { claimedKeyId, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import type { ConnectorRefusal } from '../refusals.ts';
import { keepTrustList, keptTrustList } from '../store/trust-list.ts';
import { TrustList } from './list.ts';

/** Answers the trust list that counts now. */
export type TrustSource = () => Promise<Result<TrustList, ConnectorRefusal>>;

type Needs = {
  readonly db: Database;
  readonly now: Clock;
  readonly fetch: typeof fetch;
  readonly platformUrl: string;
  readonly anchor: { readonly kid: string; readonly jwk: { kty: string; crv: string; x: string } };
};
type Held = { list: TrustList; etag: string | null; checkedAt: number };

const FRESH_MS = 20_000;
const FETCH_MS = 5_000;

/**
 * Fetches the trust list, verifies it by the pinned anchor and holds it for at most 20 s.
 * When the platform cannot be reached the last list serves until its `validUntil`, never longer.
 * The sequence never goes back, not even over a restart: the newest list is kept in the database.
 */
export function createTrustSource(needs: Needs): TrustSource {
  let held: Held | undefined;
  let fetching: Promise<void> | undefined;
  const renew = async () => {
    held ??= await restored(needs);
    held = (await fetched(needs, held)) ?? held;
  };
  return async () => {
    if (held === undefined || needs.now().getTime() - held.checkedAt >= FRESH_MS) {
      fetching ??= renew().finally(() => {
        fetching = undefined;
      });
      await fetching;
    }
    if (held === undefined) return refuse('connector.trust-list-unavailable');
    if (needs.now().getTime() >= Date.parse(held.list.validUntil))
      return refuse('connector.trust-list-expired');
    return ok(held.list);
  };
}

async function restored(needs: Needs): Promise<Held | undefined> {
  const kept = await keptTrustList(needs.db);
  const list = kept === undefined ? undefined : await verified(needs, kept.jws);
  return list === undefined ? undefined : { list, etag: null, checkedAt: 0 };
}

async function fetched(needs: Needs, held: Held | undefined): Promise<Held | undefined> {
  const headers: Record<string, string> = held?.etag ? { 'if-none-match': held.etag } : {};
  const response = await needs
    .fetch(`${needs.platformUrl}/directory/v1/trust-list`, { headers, signal: AbortSignal.timeout(FETCH_MS) })
    .catch(() => undefined);
  if (response === undefined) return undefined;
  const checkedAt = needs.now().getTime();
  if (response.status === 304 && held !== undefined) return { ...held, checkedAt };
  if (!response.ok) return undefined;
  const jws = await response.text().catch(() => '');
  const list = await verified(needs, jws);
  if (list === undefined || list.sequence < (held?.list.sequence ?? 0)) return undefined;
  if (!(await keepTrustList(needs.db, { sequence: list.sequence, jws }))) return undefined;
  return { list, etag: response.headers.get('etag'), checkedAt };
}

async function verified(needs: Needs, jws: string): Promise<TrustList | undefined> {
  if (claimedKeyId(jws) !== needs.anchor.kid) return undefined;
  const payload = await verifyJws(jws, { typ: 'praya-trust-list+jws', jwk: needs.anchor.jwk });
  return Value.Check(TrustList, payload) ? payload : undefined;
}
