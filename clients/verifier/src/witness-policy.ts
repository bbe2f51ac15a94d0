import { type Checked, proven, unproven } from './checked.ts';
import { type Cosignature, checkCosignature } from './cosignature.ts';
import { readNote } from './signed-note.ts';
import { type NoteKey, readNoteKey } from './verifier-key.ts';

/** The longest policy that is read. Units: characters. */
export const POLICY_MAX_LENGTH = 262_144;
const MOST_NAMES = 256;

/** Who must have cosigned a checkpoint; `vkey`s of logs may be stated too. */
export type WitnessPolicy = {
  readonly logs: readonly string[];
  readonly witnesses: ReadonlyMap<string, NoteKey>;
  readonly groups: ReadonlyMap<string, WitnessGroup>;
  /** null: nobody must */
  readonly quorum: string | null;
};
export type WitnessGroup = { readonly need: number; readonly of: readonly string[] };

/** A policy that is being read. */
type Draft = {
  readonly logs: string[];
  readonly witnesses: Map<string, NoteKey>;
  readonly groups: Map<string, WitnessGroup>;
  readonly members: Set<string>;
  readonly keys: Set<string>;
  quorum: string | null | undefined;
};

/**
 * Reads a policy, strictly. An empty text is a policy that asks for nobody.
 *
 * Errors  policy.too-large, policy.malformed
 * Source  C2SP tlog-policy
 */
export async function readWitnessPolicy(text: string): Promise<Checked<WitnessPolicy>> {
  if (text.length > POLICY_MAX_LENGTH) return unproven('policy.too-large');
  if (!text.isWellFormed() || hasControls(text)) return unproven('policy.malformed');
  const draft: Draft = {
    logs: [],
    witnesses: new Map(),
    groups: new Map(),
    members: new Set(),
    keys: new Set(),
    quorum: text === '' ? null : undefined,
  };
  for (const line of text.split('\n')) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#')) continue;
    if (!(await readLine(draft, words))) return unproven('policy.malformed');
    if (draft.keys.size + draft.groups.size > MOST_NAMES) return unproven('policy.too-large');
  }
  const { logs, witnesses, groups, quorum } = draft;
  return quorum === undefined ? unproven('policy.malformed') : proven({ logs, witnesses, groups, quorum });
}

async function readLine(draft: Draft, [keyword, ...rest]: readonly string[]): Promise<boolean> {
  if (keyword === 'log') return rest.length <= 2 && readLog(draft, rest[0]);
  if (keyword === 'witness') return rest.length <= 3 && readWitness(draft, rest[0], rest[1]);
  if (keyword === 'group') return readGroup(draft, rest);
  return keyword === 'quorum' && rest.length === 1 && readQuorum(draft, rest[0]);
}

async function readLog(draft: Draft, vkey = ''): Promise<boolean> {
  const key = await readNoteKey(vkey);
  if (key === null || !isNew(draft, `log ${key.publicKey.join()}`)) return false;
  draft.logs.push(vkey);
  return true;
}

async function readWitness(draft: Draft, name = '', vkey = ''): Promise<boolean> {
  const key = await readNoteKey(vkey);
  if (key === null || key.kind === 'note' || !isFree(draft, name)) return false;
  if (!isNew(draft, `witness ${key.publicKey.join()}`)) return false;
  draft.witnesses.set(name, key);
  return true;
}

function readGroup(draft: Draft, [name = '', threshold = '', ...of]: readonly string[]): boolean {
  const need = threshold === 'all' ? of.length : threshold === 'any' ? 1 : decimal(threshold);
  if (!isFree(draft, name) || of.length === 0 || !(need >= 1 && need <= of.length)) return false;
  for (const member of of) {
    if (!isDefined(draft, member) || draft.members.has(member)) return false;
    draft.members.add(member);
  }
  draft.groups.set(name, { need, of });
  return true;
}

function readQuorum(draft: Draft, name = ''): boolean {
  if (draft.quorum !== undefined || !(name === 'none' || isDefined(draft, name))) return false;
  draft.quorum = name === 'none' ? null : name;
  return true;
}

/** Two lines with one key would let one witness count twice. */
function isNew({ keys }: Draft, print: string): boolean {
  if (keys.has(print)) return false;
  keys.add(print);
  return true;
}

function isFree(draft: Draft, name: string): boolean {
  return name !== '' && name !== 'none' && !isDefined(draft, name);
}

function isDefined({ witnesses, groups }: Draft, name: string): boolean {
  return witnesses.has(name) || groups.has(name);
}

function decimal(text: string): number {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x0a && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

/** Whether the witnesses of these names are enough. */
export function quorumIsMet(policy: WitnessPolicy, cosigned: ReadonlySet<string>): boolean {
  const counts = (name: string): boolean => {
    const group = policy.groups.get(name);
    if (group === undefined) return cosigned.has(name);
    return group.of.filter(counts).length >= group.need;
  };
  return policy.quorum === null || counts(policy.quorum);
}

/** What each witness of a policy said of a checkpoint. */
export type Witnessed = readonly (Cosignature & { readonly witness: string })[];

/**
 * Checks that enough witnesses cosigned a checkpoint. A cosignature that does not hold is never passed over; one
 * that this runtime cannot check does not count.
 *
 * Errors  those of readNote, note.cosignature-wrong, receipt.not-witnessed
 * Source  C2SP tlog-policy, tlog-cosignature
 */
export async function verifyWitnesses(note: unknown, policy: WitnessPolicy): Promise<Checked<Witnessed>> {
  if (policy.quorum === null) return proven([]);
  const read = readNote(note);
  if (!read.ok) return read;
  const findings: (Cosignature & { witness: string })[] = [];
  for (const [witness, key] of policy.witnesses) {
    findings.push({ witness, ...(await checkCosignature(read.value, key)) });
  }
  if (findings.some(({ finding }) => finding === 'wrong')) return unproven('note.cosignature-wrong');
  const good = findings.filter(({ finding }) => finding === 'good').map(({ witness }) => witness);
  return quorumIsMet(policy, new Set(good)) ? proven(findings) : unproven('receipt.not-witnessed');
}
