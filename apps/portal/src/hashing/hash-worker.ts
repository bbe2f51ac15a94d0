import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64url } from '@praya/verifier/base64url';

/** What the worker says while it reads, and at the end. */
export type HashNews =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'done'; readonly digest: string }
  | { readonly kind: 'failed'; readonly message: string };

const PIECE_BYTES = 4 * 1024 * 1024;

// A file is read piece by piece, so that one of many gigabytes takes no more memory than a small one.
async function hash(file: Blob): Promise<string> {
  const state = sha256.create();
  for (let from = 0; from < file.size; from += PIECE_BYTES) {
    const piece = await file.slice(from, from + PIECE_BYTES).arrayBuffer();
    state.update(new Uint8Array(piece));
    say({ kind: 'progress', bytes: Math.min(file.size, from + PIECE_BYTES) });
  }
  return encodeBase64url(state.digest());
}

function say(news: HashNews): void {
  self.postMessage(news);
}

self.addEventListener('message', (event: MessageEvent<Blob>) => {
  hash(event.data).then(
    (digest) => say({ kind: 'done', digest }),
    (fault: unknown) => say({ kind: 'failed', message: String(fault) }),
  );
});
