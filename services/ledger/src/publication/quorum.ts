import { type Policy, policyMet } from '@praya/tlog/policy';
import type { Outcome } from './converse.ts';
import type { Witness } from './witnesses.ts';

/** Whether these witnesses, each with all its keys, would be enough. Without a policy nobody is needed, and nobody has a say. */
export function wouldMeet(policy: Policy, witnesses: readonly Witness[]): boolean {
  return policyMet(
    policy,
    witnesses.flatMap(({ keys }) => keys),
  );
}

/**
 * The largest size that so many witnesses claim to have cosigned that they would be enough; null when too few claim anything.
 * One that lies claims for itself alone, unless the policy trusts it alone.
 */
export function claimedSize(policy: Policy | null, outcomes: readonly Outcome[]): number | null {
  if (policy === null || wouldMeet(policy, [])) return null;
  const claims = outcomes
    .flatMap(({ witness, claims: size }) => (size === null ? [] : [{ witness, size }]))
    .sort((one, other) => other.size - one.size);
  const last = claims.find((_, at) =>
    wouldMeet(
      policy,
      claims.slice(0, at + 1).map(({ witness }) => witness),
    ),
  );
  return last?.size ?? null;
}

/**
 * What the witnesses' answers say of a log that has given `size` places.
 * behind: enough of them have cosigned more. unknown: enough may have, among those that claim it or do not say. Otherwise confirmed.
 */
export function standing(
  policy: Policy | null,
  outcomes: readonly Outcome[],
  size: number,
): 'confirmed' | 'behind' | 'unknown' {
  if (policy === null || wouldMeet(policy, [])) return 'confirmed';
  const claiming = outcomes.filter(({ claims }) => claims !== null && claims > size);
  const silent = outcomes.filter((outcome) => outcome.size === null);
  const witnesses = (some: readonly Outcome[]) => some.map(({ witness }) => witness);
  if (wouldMeet(policy, witnesses(claiming))) return 'behind';
  return wouldMeet(policy, witnesses([...claiming, ...silent])) ? 'unknown' : 'confirmed';
}
