import { type Checked, proven, unproven } from './checked.ts';
import {
  type ConsentDocument,
  type ConsentStateDocument,
  isStateDocument,
  type NamedConsent,
} from './consent-document.ts';
import { jsonDigest } from './digest.ts';
import type { JsonObject } from './shape.ts';
import { type TrustList, verifyByIssuer } from './trust-list.ts';

/** The most revisions that a chain may have. */
export const STATES_MAX = 1000;

/** A later revision whose signature was checked, with the digest by which the next one names it. */
export type ConsentRevision = ConsentStateDocument & { readonly digest: string };

/** What a consent allows at an instant. */
export type ConsentState = 'not-yet' | ConsentStateDocument['state'];

const LEADS_TO: Readonly<Record<ConsentStateDocument['state'], readonly string[]>> = {
  active: ['paused', 'revoked', 'expired'],
  paused: ['active', 'revoked', 'expired'],
  revoked: [],
  expired: [],
};

/**
 * Checks the whole chain of later revisions: each signed by the platform, each naming the digest of the one
 * before, numbers without gaps, instants that do not go back, only moves that a consent can make.
 *
 * Errors  those of verifyByIssuer, consent.state-malformed, consent.chain-broken, consent.transition-wrong
 */
export async function verifyStateChain(
  consent: NamedConsent,
  states: unknown,
  trust: TrustList,
): Promise<Checked<readonly ConsentRevision[]>> {
  if (!Array.isArray(states) || states.length > STATES_MAX) return unproven('consent.state-malformed');
  const revisions: ConsentRevision[] = [];
  for (const state of states) {
    const revision = await readState(state, trust);
    if (!revision.ok) return revision;
    const before = revisions.at(-1) ?? firstOf(consent);
    if (!continues(revision.value, consent, before)) return unproven('consent.chain-broken');
    if (!LEADS_TO[before.state].includes(revision.value.state)) return unproven('consent.transition-wrong');
    revisions.push(revision.value);
  }
  return proven(revisions);
}

/**
 * Checks the latest revision alone, as a connector gets it. That nothing newer was held back, and that the
 * revisions between were in order, only the whole chain shows.
 *
 * Errors  those of verifyByIssuer, consent.state-malformed, consent.chain-broken
 */
export async function verifyLatestState(
  consent: NamedConsent,
  state: unknown,
  trust: TrustList,
): Promise<Checked<ConsentRevision | null>> {
  if (state === null) return proven(null);
  const revision = await readState(state, trust);
  if (!revision.ok) return revision;
  const { id, revision: number, previous, at } = revision.value;
  const first = firstOf(consent);
  const fits = id === consent.document.id && number >= 2 && Date.parse(at) >= Date.parse(first.at);
  if (!fits || (number === 2 && previous !== consent.digest)) return unproven('consent.chain-broken');
  return revision;
}

/** What a consent allows at an instant, by its document and the revisions that were checked. */
export function consentStateAt(
  document: ConsentDocument,
  revisions: readonly ConsentRevision[],
  at: Date,
): ConsentState {
  const ms = at.getTime();
  if (ms < Date.parse(document.notBefore)) return 'not-yet';
  const state = revisions.findLast((revision) => Date.parse(revision.at) <= ms)?.state ?? 'active';
  if (state === 'revoked') return state;
  return ms >= Date.parse(document.expiresAt) ? 'expired' : state;
}

async function readState(jws: unknown, trust: TrustList): Promise<Checked<ConsentRevision>> {
  const verified = await verifyByIssuer(jws, {
    trust,
    typ: 'praya-consent-state+jws',
    purpose: 'consent',
    instants: stateInstants,
  });
  if (!verified.ok) return verified;
  const { payload } = verified.value;
  if (!isStateDocument(payload)) return unproven('consent.state-malformed');
  return proven({ ...payload, digest: await jsonDigest(payload) });
}

function stateInstants(payload: JsonObject): readonly Date[] {
  return isStateDocument(payload) ? [new Date(payload.at)] : [];
}

function firstOf({ document, digest }: NamedConsent) {
  return { revision: 1, digest, state: 'active', at: document.notBefore } as const;
}

function continues(
  revision: ConsentRevision,
  consent: NamedConsent,
  before: Pick<ConsentRevision, 'revision' | 'digest' | 'at'>,
): boolean {
  return (
    revision.id === consent.document.id &&
    revision.revision === before.revision + 1 &&
    revision.previous === before.digest &&
    Date.parse(revision.at) >= Date.parse(before.at)
  );
}
