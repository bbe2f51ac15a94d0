import { parseVerifierKey, type VerifierKey } from '@praya/tlog/note';
import { type Policy, parsePolicy } from '@praya/tlog/policy';
import { sha256 } from './crypto.ts';

/** Whom a monitor believes: the log's key and the witnesses' policy. `url` is where the policy says the log is. */
export type Trust = { readonly key: VerifierKey; readonly policy: Policy; readonly url: string | null };

const NO_WITNESSES = 'quorum none\n';

/**
 * Reads whom to believe: a verifier key, a tlog-policy, or both. Without a key the policy names one log.
 *
 * Errors  throws with what is missing or malformed
 * Source  C2SP signed-note, “Verifier keys”; tlog-policy
 */
export function readTrust(texts: { readonly key?: string; readonly policy?: string }): Trust {
  const policy = parsePolicy(sha256, texts.policy ?? NO_WITNESSES);
  if (!policy.ok) throw new Error(`The policy cannot be read: ${policy.refusal.code}`);
  const logs = policy.value.logs.flatMap(({ key, url }) => ('algorithm' in key ? [] : [{ key, url }]));
  if (texts.key !== undefined) {
    const key = parseVerifierKey(sha256, texts.key);
    if (!key.ok) throw new Error(`The log's key cannot be read: ${key.refusal.code}`);
    const url = logs.find((one) => one.key.name === key.value.name)?.url ?? null;
    return { key: key.value, policy: policy.value, url };
  }
  const [log, ...others] = logs;
  if (log === undefined) throw new Error('Name the log: its verifier key, or a policy with its line');
  if (others.length > 0) throw new Error('The policy names several logs: say which one by its key');
  return { key: log.key, policy: policy.value, url: log.url };
}
