import { decodeEntries } from '@praya/tlog/entry-bundle';
import { TILE_WIDTH, tilePath, tileWidth } from '@praya/tlog/tiles';
import { leafHash } from '@praya/verifier/merkle';
import { type Checkpoint, readCheckpoint, readNote } from '@praya/verifier/signed-note';
import { queryOptions } from '@tanstack/react-query';
import { get } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';
import type { CheckLine } from '../proof/check-list.tsx';
import { trustListQuery } from '../proof/trust.ts';
import { type Cosigner, checkCheckpoint } from './checkpoint-check.ts';
import { type LogName, type LogProof, logPath, readLogFile } from './explorer-requests.ts';
import { type Step, walkProof } from './proof-steps.ts';

/** A walk that has been computed here, and what it is compared with. */
export type Walk = {
  readonly index: number;
  readonly entry: Uint8Array;
  readonly leaf: Uint8Array;
  readonly steps: readonly Step[];
  readonly checkpoint: Checkpoint;
  readonly note: string;
  /** of the checkpoint's signatures, by the keys of the trust list */
  readonly checks: readonly CheckLine[];
  readonly cosigners: readonly Cosigner[];
};

/** Fetches an entry, its proof and the checkpoint, and computes every hash from the entry up to the root. */
export function walkQuery(log: LogName, index: number) {
  return queryOptions({
    queryKey: ['walk', log.tenant, log.shard, index],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ client, signal }): Promise<Walk> => {
      const trust = client.ensureQueryData(trustListQuery);
      const proof = await get<LogProof>(`${logPath(log)}/proofs/${index}`, signal);
      const note = readNote(proof.checkpoint);
      const checkpoint = note.ok ? readCheckpoint(note.value.text) : note;
      if (!checkpoint.ok) throw new SaidError('walk.unreadable');
      const { size } = checkpoint.value;
      const entry = await readEntry(log, index, size);
      const leaf = await leafHash(entry);
      const steps = await walkProof({ index, size, leafHash: leaf, proof: proof.proof });
      if (steps === null) throw new SaidError('walk.unreadable');
      const checked = await checkCheckpoint(
        { note: proof.checkpoint, origin: checkpoint.value.origin },
        await trust,
      );
      return { index, entry, leaf, steps, checkpoint: checkpoint.value, note: proof.checkpoint, ...checked };
    },
  });
}

/** An entry out of the log's own files: the bundle in which it lies, as wide as the tree has it. */
async function readEntry(log: LogName, index: number, size: number): Promise<Uint8Array> {
  const place = Math.floor(index / TILE_WIDTH);
  const width = tileWidth({ level: 0, index: place }, size);
  const path = tilePath({ level: 'entries', index: place, width });
  const entries = decodeEntries(await readLogFile(log, path));
  const entry = entries.ok ? entries.value[index % TILE_WIDTH] : undefined;
  if (entry === undefined) throw new SaidError('walk.unreadable');
  return entry;
}
