import { setTimeout as sleep } from 'node:timers/promises';
import { formatNote, parseNote } from '@praya/tlog/note';
import { type Asking, type Collection, collect, laggards, pauseAfter } from './collect.ts';
import type { OfferedTree, Published, Run } from './publisher.ts';
import { claimedSize } from './quorum.ts';
import { signCheckpoint } from './sign-checkpoint.ts';
import { haltBehind, publish, readPublished } from './store.ts';
import { loadViews } from './view.ts';

/** Publishes the trees of one log, one after the other. */
export type LogPublisher = {
  offer(tree: OfferedTree): void;
  /** Resolves when nothing is being written any more. */
  end(): Promise<void>;
};

type State = {
  readonly origin: string;
  readonly over: AbortController;
  newest: OfferedTree | null;
  /** the size that the world may see; −1 before the first publication, null until it was read */
  published: number | null;
  asking: Asking | null;
  /** ends the pause between two attempts when a tree is offered */
  hurry: () => void;
};

export function createLogPublisher(run: Run, origin: string): LogPublisher {
  const over = new AbortController();
  const state: State = { origin, over, newest: null, published: null, asking: null, hurry: () => {} };
  let working: Promise<void> | null = null;
  const wake = () => {
    if (over.signal.aborted || !isBehind(state)) return;
    working ??= work(run, state).finally(() => {
      working = null;
      // what was offered between its last look and its end
      wake();
    });
  };
  return {
    offer: (tree) => {
      if (state.newest !== null && tree.size <= state.newest.size) return;
      state.newest = tree;
      state.hurry();
      wake();
    },
    end: async () => {
      over.abort();
      await working;
    },
  };
}

async function work(run: Run, state: State): Promise<void> {
  const { signal } = state.over;
  let failures = 0;
  while (!signal.aborted && isBehind(state)) {
    const begun = performance.now();
    const shown = await attempt(run, state).catch((error: unknown) => {
      run.log.error({ err: error, origin: state.origin }, 'a tree could not be published');
      return false;
    });
    if (!shown && failures === 0 && !signal.aborted) {
      run.log.warn({ origin: state.origin, size: state.newest?.size }, 'a tree is not published yet');
    }
    failures = shown ? 0 : failures + 1;
    const sinceBegun = performance.now() - begun;
    await pause(signal, shown ? run.limits.everyMs - sinceBegun : pauseAfter(run, failures));
    while (shown && !signal.aborted && !isBehind(state) && isWaitedFor(run, state)) {
      await restUntilOffered(state, run.limits.catchUpMs);
      if (!isBehind(state)) await catchUp(run, state);
    }
  }
}

/** False when the newest tree has to wait for another attempt. */
async function attempt(run: Run, state: State): Promise<boolean> {
  const { origin, newest: tree } = state;
  if (tree === null) return true;
  state.published ??= (await readPublished(run.db, origin))?.size ?? -1;
  const asking = await askingOf(run, state);
  if (!isBehind(state)) return true;
  await run.faults?.('before-asking');
  const { checkpoint, collection } = await askAll(run, { state, tree, asking });
  if (state.over.signal.aborted) return false;
  const halted = await haltIfBehind(run, origin, collection);
  if (collection.enough && !halted) {
    await run.faults?.('before-publishing');
    await show(run, state, { ...tree, note: noteOf(checkpoint, collection) });
  }
  await asking.views.save(run.db);
  return !isBehind({ ...state, newest: tree });
}

/** Lets those see the published tree who were away when it was published. Nothing is published by it. */
async function catchUp(run: Run, state: State): Promise<void> {
  const { newest: tree, asking } = state;
  if (tree === null || asking === null || state.over.signal.aborted) return;
  try {
    await askAll(run, { state, tree, asking, isPublished: true });
    await asking.views.save(run.db);
  } catch (error) {
    run.log.error({ err: error, origin: state.origin }, 'the witnesses could not be asked');
  }
}

type Question = {
  readonly state: State;
  readonly tree: OfferedTree;
  readonly asking: Asking;
  readonly isPublished?: boolean;
};

async function askAll(run: Run, about: Question) {
  const { state, tree, asking, isPublished = false } = about;
  const checkpoint = await signCheckpoint(
    { origin: state.origin, signer: await run.signerOf(state.origin) },
    tree,
  );
  const collection = await collect(run, { tree, checkpoint, asking, signal: state.over.signal, isPublished });
  return { checkpoint, collection };
}

async function show(run: Run, state: State, about: Published & { readonly root: Uint8Array }): Promise<void> {
  const { origin, size, note } = about;
  const isFirst = await publish(run.db, { ...about, at: run.now() });
  state.published = isFirst ? size : ((await readPublished(run.db, origin))?.size ?? -1);
  // another holder has published this tree or a larger one, and has told those who wait
  if (!isFirst) return;
  await run.faults?.('after-publishing');
  for (const listener of run.listeners) listener({ origin, size, note });
}

function isWaitedFor(run: Run, { newest, published, asking }: State): boolean {
  // of a tree that somebody else has published we know no more than its size
  if (newest === null || asking === null || newest.size !== published) return false;
  return laggards(run, asking, newest.size).length > 0;
}

async function restUntilOffered(state: State, ms: number): Promise<void> {
  const rest = new AbortController();
  state.hurry = () => rest.abort();
  state.over.signal.addEventListener('abort', state.hurry);
  await pause(rest.signal, ms);
  state.over.signal.removeEventListener('abort', state.hurry);
  state.hurry = () => {};
}

async function pause(signal: AbortSignal, ms: number): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function haltIfBehind(run: Run, origin: string, { outcomes }: Collection): Promise<boolean> {
  const claimed = claimedSize(run.policy, outcomes);
  if (claimed === null || !(await haltBehind(run.db, origin, claimed))) return false;
  run.log.error({ origin, claimed }, 'the log stands behind what its witnesses have cosigned; it is halted');
  return true;
}

async function askingOf(run: Run, state: State): Promise<Asking> {
  state.asking ??= {
    views: await loadViews(run.db, state.origin),
    under: new Set(),
    failing: new Map(),
    kept: { size: -1, byKey: new Map() },
  };
  return state.asking;
}

function isBehind({ newest, published }: State): boolean {
  return newest !== null && (published === null || newest.size > published);
}

/** The log's signature first, then the cosignatures. */
function noteOf(checkpoint: string, { cosignatures }: Collection): string {
  const note = parseNote(checkpoint);
  if (!note.ok) throw new Error('A checkpoint that we have signed can be read');
  const { text, signatures } = note.value;
  return formatNote({ text, signatures: [...signatures, ...cosignatures.map(({ line }) => line)] });
}
