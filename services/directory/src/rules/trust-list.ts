import type { TrustList } from '../contract.ts';
import type { DirectoryState } from './state.ts';

/** What the list says, apart from its number and its time. */
export type TrustContent = Omit<TrustList, 'sequence' | 'issuedAt' | 'validUntil'>;

/** Units: milliseconds. */
export const TRUST_LIST_LIFE_MS = 24 * 60 * 60 * 1000;
/** A list whose content stays the same is signed anew after this, so that it is always good for most of a day. */
export const TRUST_LIST_RENEWAL_MS = 60 * 60 * 1000;

/** The content of the list, in one order whatever the order of the rows. Keys stay for good: old evidence needs them. */
export function trustContent(
  state: DirectoryState,
  ours: Pick<TrustList, 'issuer' | 'rp' | 'logs' | 'witnessPolicy' | 'issuerKeys'>,
): TrustContent {
  const organisations = [...state.organisations].sort(by((one) => one.id)).map((one) => ({
    id: one.id,
    kind: one.kind,
    name: one.name,
    clients: one.suspendedAt === null ? one.clients.map(({ clientId }) => clientId).sort() : [],
    connector: one.suspendedAt === null ? (one.connector?.url ?? null) : null,
    keys: [...one.keys].sort(by((key) => key.kid)),
  }));
  const { issuer, rp, witnessPolicy } = ours;
  const logs = [...ours.logs].sort(by((log) => `${log.origin} ${log.vkey}`));
  const issuerKeys = [...ours.issuerKeys].sort(by((key) => `${key.purpose} ${key.kid}`));
  return { type: 'praya.trust-list.v1', issuer, rp, logs, witnessPolicy, issuerKeys, organisations };
}

/** The list itself: the next number where the content is new, else the same number for another day. */
export function trustListOf(
  content: TrustContent,
  about: { readonly sequence: number; readonly now: Date },
): TrustList {
  const issuedAt = about.now.toISOString();
  const validUntil = new Date(about.now.getTime() + TRUST_LIST_LIFE_MS).toISOString();
  return { ...content, sequence: about.sequence, issuedAt, validUntil };
}

function by<T>(name: (item: T) => string): (one: T, other: T) => number {
  return (one, other) => (name(one) < name(other) ? -1 : 1);
}
