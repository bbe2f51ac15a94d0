import { hash, type KeyObject, sign } from 'node:crypto';
import { formatCheckpoint, parseCheckpoint } from '@praya/tlog/checkpoint';
import { parseNote, signNote } from '@praya/tlog/note';
import { formatAddCheckpoint } from '@praya/tlog/witness-request';

/** What a witness answered to a request. */
export type WitnessAnswer = { readonly url: string; readonly status: number };

/** Another history of a log: the same origin, a root that no honest tree has, the log's own signature. */
export type Fork = { readonly size: number; readonly note: string };

/**
 * Forks a log with its own key, at the size that its witnesses have cosigned or beyond.
 *
 * Errors  throws where the note is no checkpoint that the log signed
 */
export function forkLog(published: string, about: { readonly key: KeyObject; readonly grown: number }): Fork {
  const note = parseNote(published);
  if (!note.ok) throw new RangeError(note.refusal.code);
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) throw new RangeError(checkpoint.refusal.code);
  const { origin, root } = checkpoint.value;
  const own = note.value.signatures.find(({ name }) => name === origin);
  if (own === undefined) throw new RangeError('The log has not signed this');
  const size = checkpoint.value.size + about.grown;
  const text = formatCheckpoint({ origin, size, root: hash('sha256', root, 'buffer'), extensions: [] });
  return {
    size,
    note: signNote(text, {
      name: origin,
      keyId: own.keyId,
      sign: (message) => sign(null, message, about.key),
    }),
  };
}

/** Offers a fork to every witness as what follows the size that it knows, with hashes that prove nothing. */
export function offerFork(
  urls: readonly string[],
  about: { readonly fork: Fork; readonly old: number },
): Promise<readonly WitnessAnswer[]> {
  const { fork, old } = about;
  const proof = fork.size === old ? [] : [hash('sha256', 'nothing', 'buffer')];
  const body = formatAddCheckpoint({ old, proof, checkpoint: fork.note });
  return Promise.all(
    urls.map(async (url) => {
      const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
      await response.arrayBuffer();
      return { url, status: response.status };
    }),
  );
}
