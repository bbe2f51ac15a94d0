import {
  type TrustAnchor,
  type TrustList,
  trustListCountsAt,
  verifyTrustList,
} from '@praya/verifier/trust-list';
import { type Answer, answered, refused } from './problem.ts';
import type { Clock } from './signature.ts';

export type { TrustAnchor, TrustList };

/** Answers the issuer's trust list of now. */
export type TrustListSource = () => Promise<Answer<TrustList>>;

const KEEP_MS = 20_000;
const TIMEOUT_MS = 10_000;

/**
 * Fetches the issuer's trust list, checks it by the pinned anchor and keeps it for 20 seconds. A list that is older
 * than one seen before is refused.
 *
 * Errors  relying-party.unreachable, relying-party.trust-list
 * Source  docs/formats.md §11
 */
export function trustListOf(about: {
  readonly issuer: string;
  readonly anchor: TrustAnchor;
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: Clock;
}): TrustListSource {
  const { issuer, anchor, fetch = globalThis.fetch, now = () => new Date() } = about;
  let kept: { readonly at: number; readonly list: TrustList } | undefined;
  let newest = -1;
  return async () => {
    const at = now();
    if (kept !== undefined && at.getTime() - kept.at < KEEP_MS) return answered(kept.list);
    const text = await textAt(`${issuer}/directory/v1/trust-list`, fetch);
    if (text === null) return refused('relying-party.unreachable');
    const list = await verifyTrustList(text, anchor);
    if (!list.ok) return refused('relying-party.trust-list', list.refusal.code);
    const { sequence } = list.value;
    const counts = list.value.issuer === issuer && trustListCountsAt(list.value, at) && sequence >= newest;
    if (!counts) return refused('relying-party.trust-list', 'issuer, age or sequence');
    newest = sequence;
    kept = { at: at.getTime(), list: list.value };
    return answered(list.value);
  };
}

async function textAt(url: string, fetch: typeof globalThis.fetch): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
