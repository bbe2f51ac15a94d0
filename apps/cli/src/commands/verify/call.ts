import type { TrustAnchor, TrustList } from '@praya/verifier/trust-list';
import { readNoteKey } from '@praya/verifier/verifier-key';
import { readWitnessPolicy } from '@praya/verifier/witness-policy';
import { dataPath, readSettings } from '../../settings.ts';
import { type Invocation, textOf } from '../command.ts';
import { readAnchor, readText } from './read-files.ts';

/** The command was called wrongly: its exit code is 2. */
export class CalledWrongly extends Error {}

/** By what is checked: the trust anchor and a trust list, or keys and a policy given by hand. */
export type Trust =
  | { readonly anchor: TrustAnchor; readonly trust: string; readonly by: string }
  | (Pick<TrustList, 'logs' | 'witnessPolicy'> & { readonly by: string });

/** The anchor that was named, or that of this machine. */
export function anchorOf({ values }: Invocation): { anchor: TrustAnchor; file: string } {
  const file = textOf(values['anchor'], dataPath(readSettings(), 'trust-anchor.json'));
  return { anchor: readAnchor(file), file };
}

/**
 * The keys by which a proof or a statement is checked, which carries no trust list of its own.
 *
 * Errors  CalledWrongly where nothing was named by which a log could be believed
 */
export async function trustOf(invocation: Invocation): Promise<Trust> {
  const { values } = invocation;
  const list = textOf(values['trust'], '');
  const vkey = textOf(values['log-vkey'], '');
  const policyFile = textOf(values['policy'], '');
  if (list !== '') {
    if (vkey !== '' || policyFile !== '') {
      throw new CalledWrongly(
        '--trust names the logs and the witnesses: give no --log-vkey or --policy with it.',
      );
    }
    const { anchor, file } = anchorOf(invocation);
    return { anchor, trust: readText(list, 'trust list').trim(), by: `the anchor ${file}` };
  }
  const witnessPolicy = policyFile === '' ? '' : readText(policyFile, 'policy');
  const policy = await readWitnessPolicy(witnessPolicy);
  if (!policy.ok) throw new CalledWrongly(`The policy ${policyFile} cannot be read: ${policy.refusal.code}.`);
  const named = [...(vkey === '' ? [] : [vkey]), ...policy.value.logs];
  if (named.length === 0) {
    throw new CalledWrongly(
      'Say by what to check: --trust FILE, or --log-vkey KEY, or a --policy that names logs.',
    );
  }
  const logs = await Promise.all(named.map(logOf));
  return { logs, witnessPolicy, by: vkey === '' ? `the policy ${policyFile}` : 'the key given' };
}

async function logOf(vkey: string): Promise<{ origin: string; vkey: string }> {
  const key = await readNoteKey(vkey);
  if (key?.kind !== 'note') throw new CalledWrongly(`${vkey} is not the verifier key of a log.`);
  return { origin: key.name, vkey };
}
