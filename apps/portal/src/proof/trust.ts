import type { LocalisedText } from '@praya/kernel/language';
import type { PublicJwk } from '@praya/verifier/jwk';
import {
  keyCountsAt,
  type OrganisationKey,
  organisationOf,
  type TrustList,
  trustListCountsAt,
  verifyTrustList,
} from '@praya/verifier/trust-list';
import { queryOptions } from '@tanstack/react-query';
import { get, getText } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';

export type TrustAnchor = { readonly kid: string; readonly jwk: PublicJwk; readonly fingerprint: string };

export const anchorQuery = queryOptions({
  queryKey: ['trust-anchor'],
  queryFn: ({ signal }) => get<TrustAnchor>('/.well-known/praya-trust-anchor', signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The trust list, its signature checked here against the anchor. */
export const trustListQuery = queryOptions({
  queryKey: ['trust-list'],
  queryFn: async ({ client }) => {
    const anchor = await client.ensureQueryData(anchorQuery);
    const list = await verifyTrustList((await getText('/directory/v1/trust-list')).trim(), anchor);
    if (!list.ok) throw new SaidError('trust.wrong', { cause: list.refusal });
    if (!trustListCountsAt(list.value, new Date())) throw new SaidError('trust.stale');
    return list.value;
  },
  staleTime: 60_000,
});

/** The encryption keys of an organisation that count at an instant. */
export function encryptionKeysAt(
  trust: TrustList,
  organisation: string,
  at: Date,
): readonly OrganisationKey[] {
  const keys = organisationOf(trust, organisation)?.keys ?? [];
  return keys.filter((key) => key.use === 'enc' && keyCountsAt(key, at));
}

/** Whether the signed trust list knows this client of this organisation under exactly this name. */
export function isKnownRecipient(
  trust: TrustList,
  recipient: { organisation: string; client: string; name: LocalisedText },
): boolean {
  const known = organisationOf(trust, recipient.organisation);
  if (known?.clients.includes(recipient.client) !== true) return false;
  return (['en', 'zh-Hant', 'zh-Hans'] as const).every((tag) => known.name[tag] === recipient.name[tag]);
}
