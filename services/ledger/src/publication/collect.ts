import { setTimeout as sleep } from 'node:timers/promises';
import { policyMet } from '@praya/tlog/policy';
import { type Collected, converse, type Outcome } from './converse.ts';
import type { OfferedTree, Run } from './publisher.ts';
import { wouldMeet } from './quorum.ts';
import type { Views } from './view.ts';
import type { Witness } from './witnesses.ts';

/** Cosignatures older than this are no statement about today. Units: seconds. */
const OLDEST_COSIGNATURE = 3600;

/** What a log remembers of asking, from one tree to the next. */
export type Asking = {
  readonly views: Views;
  /** witnesses with whom a conversation is not over */
  readonly under: Set<string>;
  /** how often in a row a witness has failed, and when it is asked again. Units: ms of `performance.now()` */
  readonly failing: Map<string, { readonly times: number; readonly notBefore: number }>;
  /** the cosignatures of one tree, kept until there are enough */
  kept: { readonly size: number; readonly byKey: Map<string, Collected> };
};

export type Round = {
  readonly tree: OfferedTree;
  readonly checkpoint: string;
  readonly asking: Asking;
  /** ends everything */
  readonly signal: AbortSignal;
  /** the tree is published; this is for those who were away */
  readonly isPublished?: boolean;
};

export type Collection = {
  readonly enough: boolean;
  readonly cosignatures: readonly Collected[];
  readonly outcomes: readonly Outcome[];
};

/**
 * Asks all witnesses at once and comes back when there are enough cosignatures and the others have had their grace, when
 * everybody has answered, or when nobody's patience is left. Who answers later is heard, but not waited for.
 */
export async function collect(run: Run, round: Round): Promise<Collection> {
  const { asking, tree, signal } = round;
  if (asking.kept.size !== tree.size) asking.kept = { size: tree.size, byKey: new Map() };
  const kept = asking.kept.byKey;
  const isEnough = () =>
    round.isPublished === true ||
    run.policy === null ||
    policyMet(
      run.policy,
      Array.from(kept.values(), ({ key }) => key),
    );
  const outcomes: Outcome[] = [];
  const enough = Promise.withResolvers<void>();
  let open = true;
  const proofs = new Map<number, Promise<readonly Uint8Array[]>>();
  const proofFrom = (from: number) => {
    const proof = proofs.get(from) ?? run.consistency(tree.origin, { from, to: tree.size });
    proofs.set(from, proof);
    return proof;
  };
  const put = async (witness: Witness) => {
    const outcome = await oneConversation(run, { ...round, witness, proofFrom });
    if (outcome === null) return;
    if (open) outcomes.push(outcome);
    // nobody waits for it any more, and there may be no other tree for long
    else await asking.views.save(run.db).catch(() => undefined);
    for (const cosignature of outcome.cosignatures) kept.set(keyOf(cosignature), cosignature);
    if (isEnough()) enough.resolve();
  };
  const first = whomToAsk(run, asking, kept).map(put);
  const everybody = Promise.race([Promise.all(first), grace(run, signal)]).then(async () => {
    // who is well has kept us waiting: those who failed lately are asked, too
    const others = open && !isEnough() ? notAsked(run, asking, kept) : [];
    await Promise.all([...first, ...others.map(put)]);
  });
  if (isEnough()) enough.resolve();
  await Promise.race([everybody, enough.promise.then(() => grace(run, signal))]);
  open = false;
  return { enough: isEnough(), cosignatures: [...kept.values()], outcomes };
}

/** The witnesses that have not yet cosigned a tree of this size, as far as is known. */
export function laggards(run: Run, asking: Asking, size: number): readonly Witness[] {
  return run.witnesses.filter(({ name }) => asking.views.sizeOf(name) < size);
}

/** Those who are well; where they would not be enough, all. Nobody who is still busy with an earlier tree. */
function whomToAsk(run: Run, asking: Asking, kept: ReadonlyMap<string, Collected>): readonly Witness[] {
  const open = notAsked(run, asking, kept);
  const isWell = ({ name }: Witness) => (asking.failing.get(name)?.notBefore ?? 0) <= performance.now();
  const well = open.filter(isWell);
  const cosigned = run.witnesses.filter(({ name }) => isKept(kept, name));
  const suffices = run.policy === null || wouldMeet(run.policy, [...well, ...cosigned]);
  return suffices ? well : open;
}

/** Those of whom there is no cosignature of this tree, and who are not busy. */
function notAsked(run: Run, asking: Asking, kept: ReadonlyMap<string, Collected>): readonly Witness[] {
  return run.witnesses.filter(({ name }) => !isKept(kept, name) && !asking.under.has(name));
}

function isKept(kept: ReadonlyMap<string, Collected>, name: string): boolean {
  return [...kept.values()].some(({ key }) => key.name === name);
}

/** Null when it came to nothing by our own fault or end. */
async function oneConversation(
  run: Run,
  about: Round & {
    readonly witness: Witness;
    readonly proofFrom: (from: number) => Promise<readonly Uint8Array[]>;
  },
): Promise<Outcome | null> {
  const { asking, tree, witness, signal } = about;
  const { name } = witness;
  if (signal.aborted) return null;
  asking.under.add(name);
  // not AbortSignal.any: what ends everything lives for as long as the process
  const patience = new AbortController();
  const give = () => patience.abort();
  const late = setTimeout(give, run.limits.patienceMs);
  signal.addEventListener('abort', give);
  try {
    const outcome = await converse({
      ...about,
      size: tree.size,
      old: asking.views.sizeOf(name),
      notBefore: Math.max(secondsOf(run.now()) - OLDEST_COSIGNATURE, asking.views.cosignedAt(name) ?? 0),
      signal: patience.signal,
      ask: run.ask,
    });
    if (signal.aborted) return null;
    noteFailure(run, asking, outcome);
    asking.views.heard(outcome, run.now());
    return outcome;
  } catch (error) {
    run.log.error({ err: error, origin: tree.origin }, 'a witness could not be asked');
    return null;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', give);
    asking.under.delete(name);
  }
}

function noteFailure(run: Run, asking: Asking, { witness, cosignatures, trouble }: Outcome): void {
  const { name } = witness;
  const before = asking.failing.get(name);
  if (cosignatures.length > 0) {
    asking.failing.delete(name);
    if (before !== undefined) run.log.info({ witness: name }, 'the witness cosigns again');
    return;
  }
  const times = (before?.times ?? 0) + 1;
  asking.failing.set(name, { times, notBefore: performance.now() + pauseAfter(run, times) });
  if (before === undefined) run.log.warn({ witness: name, trouble }, 'the witness does not cosign');
}

/** The pause after so many failures in a row. Units: ms */
export function pauseAfter({ limits }: Pick<Run, 'limits'>, failures: number): number {
  const pause = limits.retryMs * 2 ** Math.min(failures - 1, 20);
  return Math.min(pause, limits.retryMaxMs) * (0.75 + Math.random() / 2);
}

async function grace(run: Run, signal: AbortSignal): Promise<void> {
  await sleep(run.limits.graceMs, undefined, { signal }).catch(() => undefined);
}

function keyOf({ key }: Collected): string {
  return `${key.name} ${key.keyId}`;
}

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
