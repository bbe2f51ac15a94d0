import { parseCheckpoint } from '@praya/tlog/checkpoint';
import { emptyRoot } from '@praya/tlog/merkle-hash';
import { parseNote } from '@praya/tlog/note';
import { quorumSize } from '@praya/tlog/policy';
import type { TlogResult } from '@praya/tlog/result';
import { sha256 } from '../sha256.ts';
import { inquire } from './converse.ts';
import type { Run } from './publisher.ts';
import { standing } from './quorum.ts';
import { signCheckpoint } from './sign-checkpoint.ts';
import { readPublished } from './store.ts';
import { loadViews } from './view.ts';

const WORDS = {
  behind:
    'the witnesses have seen more of this log than it holds, as after the restore of an older backup: it stands still; what to do is in docs/runbooks/backup-and-restore.md',
  unknown: 'too few witnesses answer to confirm the log; it waits for them',
} as const;

/**
 * Asks every witness what it has seen of a log that has given `size` places.
 * Errors: throws when the database or the key cannot be read.
 */
export async function confirmLog(
  run: Run,
  origin: string,
  size: number,
): Promise<'confirmed' | 'behind' | 'unknown'> {
  if (run.policy === null || quorumSize(run.policy).need === 0) return 'confirmed';
  const tree = await publishedTree(run, origin);
  const checkpoint = await signCheckpoint({ origin, signer: await run.signerOf(origin) }, tree);
  const outcomes = await Promise.all(
    run.witnesses.map((witness) =>
      inquire({
        witness,
        checkpoint,
        size: tree.size,
        // a cosignature that is asked for only to hear a size is not kept
        notBefore: 0,
        signal: AbortSignal.timeout(run.limits.patienceMs),
        ask: run.ask,
      }),
    ),
  );
  const views = await loadViews(run.db, origin);
  for (const outcome of outcomes) views.heard(outcome, run.now());
  await views.save(run.db);
  const answer = standing(run.policy, outcomes, size);
  if (answer !== 'confirmed') {
    const heard = outcomes.map(({ witness, size: seen, trouble }) => ({
      witness: witness.name,
      seen,
      trouble,
    }));
    run.log.warn({ origin, size, answer, heard }, WORDS[answer]);
  }
  return answer;
}

/** The tree that the world may see; before there is one, the empty one, which every log begins with. */
async function publishedTree(run: Run, origin: string): Promise<{ size: number; root: Uint8Array }> {
  const published = await readPublished(run.db, origin);
  if (published === null) return { size: 0, root: emptyRoot(sha256) };
  const note = expectRead(parseNote(published.note));
  const { size, root } = expectRead(parseCheckpoint(note.text));
  return { size, root };
}

function expectRead<T>(read: TlogResult<T>): T {
  if (!read.ok) throw new Error(`The published checkpoint cannot be read: ${read.refusal.code}`);
  return read.value;
}
