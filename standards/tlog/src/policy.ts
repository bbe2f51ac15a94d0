import { type CosignerKey, formatCosignerKey, parseCosignerKey } from './cosignature.ts';
import { type Hasher, sameBytes } from './merkle-hash.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from './note.ts';
import { found, refused, type TlogCode, type TlogResult } from './result.ts';

/** The most logs, the most witnesses and the most groups; the specification asks for 32 of each at least. */
export const POLICY_MAX_MEMBERS = 64;
/** The longest policy that is read. Units: UTF-16 characters. */
export const POLICY_MAX_LENGTH = 262_144;

/** A log that a policy accepts; its key's name is its origin. */
export type PolicyLog = { readonly key: VerifierKey | CosignerKey; readonly url: string | null };

/** A witness; `name` has a meaning inside the policy alone. */
export type PolicyWitness = {
  readonly name: string;
  readonly key: CosignerKey;
  readonly url: string | null;
};

/** Witnesses or groups, of which `need` must have cosigned. */
export type PolicyGroup = {
  readonly name: string;
  readonly need: number;
  readonly members: readonly string[];
};

/**
 * Who must have signed a checkpoint for it to count.
 *
 * Shape   `quorum` is the name of a witness or a group, or `none`
 */
export type Policy = {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  readonly quorum: string;
};

const NONE = 'none';

/**
 * Reads a policy.
 *
 * Errors  tlog.policy-malformed; tlog.policy-too-large; tlog.policy-duplicate: a name or a public key twice, a member of two groups; tlog.policy-unknown-name: not defined on an earlier line; those of parseVerifierKey and parseCosignerKey
 * Source  C2SP tlog-policy
 */
export function parsePolicy(hasher: Hasher, text: string): TlogResult<Policy> {
  if (text.length > POLICY_MAX_LENGTH) return refused('tlog.policy-too-large');
  if (!isPolicyText(text)) return refused('tlog.policy-malformed');
  const draft: Draft = { hasher, logs: [], witnesses: [], groups: [], taken: new Set(), quorum: null };
  for (const line of text.split('\n')) {
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) continue;
    const refusal =
      READERS.get(keyword)?.(draft, items) ?? (READERS.has(keyword) ? null : 'tlog.policy-malformed');
    if (refusal !== null) return refused(refusal);
  }
  const { logs, witnesses, groups, quorum } = draft;
  return quorum === null ? refused('tlog.policy-malformed') : found({ logs, witnesses, groups, quorum });
}

/**
 * The text of a policy: logs, witnesses, groups with their number, the quorum.
 *
 * Shape   reads back as the same policy; comments are not kept
 */
export function formatPolicy(policy: Policy): string {
  const url = (place: string | null) => (place === null ? '' : ` ${place}`);
  const lines = [
    ...policy.logs.map((log) => `log ${formatLogKey(log.key)}${url(log.url)}`),
    ...policy.witnesses.map((one) => `witness ${one.name} ${formatCosignerKey(one.key)}${url(one.url)}`),
    ...policy.groups.map((group) => `group ${group.name} ${group.need} ${group.members.join(' ')}`),
    `quorum ${policy.quorum}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether the holders of these keys, who have cosigned, are enough. */
export function policyMet(policy: Policy, keys: readonly CosignerKey[]): boolean {
  if (policy.quorum === NONE) return true;
  const met = new Set(
    policy.witnesses.filter((one) => keys.some((key) => isSameKey(key, one.key))).map(({ name }) => name),
  );
  // a group names only what stands before it
  for (const { name, need, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= need) met.add(name);
  }
  return met.has(policy.quorum);
}

/**
 * The fewest cosignatures that meet the quorum, and of how many cosigners: keys of one name are one.
 *
 * Shape   0 of 0 where nobody need cosign
 */
export function quorumSize(policy: Policy): { readonly need: number; readonly of: number } {
  const needs = new Map<string, { need: number; cosigners: readonly string[] }>([
    [NONE, { need: 0, cosigners: [] }],
  ]);
  for (const { name, key } of policy.witnesses) needs.set(name, { need: 1, cosigners: [key.name] });
  for (const group of policy.groups) {
    const members = group.members.flatMap((member) => needs.get(member) ?? []);
    const cheapest = members.map(({ need }) => need).sort((one, other) => one - other);
    const need = cheapest.slice(0, group.need).reduce((sum, one) => sum + one, 0);
    needs.set(group.name, { need, cosigners: members.flatMap(({ cosigners }) => cosigners) });
  }
  const quorum = needs.get(policy.quorum);
  return { need: quorum?.need ?? 0, of: new Set(quorum?.cosigners).size };
}

type Draft = {
  readonly hasher: Hasher;
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyGroup[];
  /** members of groups */
  readonly taken: Set<string>;
  quorum: string | null;
};

type LineReader = (draft: Draft, items: readonly string[]) => TlogCode | null;

const READERS: ReadonlyMap<string, LineReader> = new Map([
  ['log', readLog],
  ['witness', readWitness],
  ['group', readGroup],
  ['quorum', readQuorum],
]);

function readLog(draft: Draft, items: readonly string[]): TlogCode | null {
  const [vkey, url, ...rest] = items;
  if (vkey === undefined || rest.length > 0) return 'tlog.policy-malformed';
  if (draft.logs.length === POLICY_MAX_MEMBERS) return 'tlog.policy-too-large';
  const key = parseLogKey(draft.hasher, vkey);
  if (!key.ok) return key.refusal.code;
  if (hasPublicKey(draft.logs, key.value)) return 'tlog.policy-duplicate';
  draft.logs.push({ key: key.value, url: url ?? null });
  return null;
}

function readWitness(draft: Draft, items: readonly string[]): TlogCode | null {
  const [name, vkey, url, ...rest] = items;
  if (name === undefined || vkey === undefined || rest.length > 0) return 'tlog.policy-malformed';
  if (draft.witnesses.length === POLICY_MAX_MEMBERS) return 'tlog.policy-too-large';
  if (name === NONE) return 'tlog.policy-malformed';
  const key = parseCosignerKey(draft.hasher, vkey);
  if (!key.ok) return key.refusal.code;
  if (isDefined(draft, name) || hasPublicKey(draft.witnesses, key.value)) return 'tlog.policy-duplicate';
  draft.witnesses.push({ name, key: key.value, url: url ?? null });
  return null;
}

function readGroup(draft: Draft, items: readonly string[]): TlogCode | null {
  const [name, number, ...members] = items;
  if (name === undefined || number === undefined || name === NONE) return 'tlog.policy-malformed';
  if (draft.groups.length === POLICY_MAX_MEMBERS) return 'tlog.policy-too-large';
  const need = thresholdOf(number, members.length);
  if (need === null) return 'tlog.policy-malformed';
  if (isDefined(draft, name)) return 'tlog.policy-duplicate';
  for (const member of members) {
    if (!isDefined(draft, member)) return 'tlog.policy-unknown-name';
    if (draft.taken.has(member)) return 'tlog.policy-duplicate';
    draft.taken.add(member);
  }
  draft.groups.push({ name, need, members });
  return null;
}

function readQuorum(draft: Draft, items: readonly string[]): TlogCode | null {
  const [name, ...rest] = items;
  if (name === undefined || rest.length > 0) return 'tlog.policy-malformed';
  if (draft.quorum !== null) return 'tlog.policy-duplicate';
  if (name !== NONE && !isDefined(draft, name)) return 'tlog.policy-unknown-name';
  draft.quorum = name;
  return null;
}

/** How many of the members must have cosigned; null when the word says nothing that can be. */
function thresholdOf(word: string, members: number): number | null {
  if (members === 0) return null;
  if (word === 'any') return 1;
  if (word === 'all') return members;
  const need = /^[1-9]\d{0,3}$/.test(word) ? Number(word) : 0;
  return need >= 1 && need <= members ? need : null;
}

/** A log signs notes with Ed25519, or as a cosigner of itself with ML-DSA-44. Source: C2SP tlog-checkpoint, “Signatures”. */
function parseLogKey(hasher: Hasher, vkey: string): TlogResult<VerifierKey | CosignerKey> {
  const key = parseVerifierKey(hasher, vkey);
  return key.ok || key.refusal.code === 'tlog.key-id-mismatch' ? key : parseCosignerKey(hasher, vkey);
}

function formatLogKey(key: VerifierKey | CosignerKey): string {
  return 'algorithm' in key ? formatCosignerKey(key) : formatVerifierKey(key);
}

function isDefined(draft: Draft, name: string): boolean {
  return [...draft.witnesses, ...draft.groups].some((known) => known.name === name);
}

function hasPublicKey(
  known: readonly { readonly key: { readonly publicKey: Uint8Array } }[],
  { publicKey }: { readonly publicKey: Uint8Array },
): boolean {
  return known.some((one) => sameBytes(one.key.publicKey, publicKey));
}

function isSameKey(one: CosignerKey, other: CosignerKey): boolean {
  const same = one.name === other.name && one.keyId === other.keyId && one.algorithm === other.algorithm;
  return same && sameBytes(one.publicKey, other.publicKey);
}

/** Valid Unicode whose only control characters are tab and newline. */
function isPolicyText(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7f || (code < 0x20 && code !== 0x09 && code !== 0x0a)) return false;
  }
  return text.isWellFormed();
}
