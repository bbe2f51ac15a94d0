import { SaidError } from '../parts/trouble.tsx';
import type { HashNews } from './hash-worker.ts';

export type HashingAbout = {
  readonly signal: AbortSignal;
  /** how many bytes have been read */
  readonly onBytes: (bytes: number) => void;
};

/** A worker beside the page that hashes one file after the other. */
export type Hasher = {
  hash(file: Blob, about: HashingAbout): Promise<string>;
  end(): void;
};

/** Starts the worker; whoever opens it ends it. */
export function openHasher(): Hasher {
  const worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' });
  const hash = (file: Blob, { signal, onBytes }: HashingAbout) =>
    new Promise<string>((resolve, reject) => {
      const over = new AbortController();
      const { signal: until } = over;
      const settle = (deed: () => void) => {
        over.abort();
        deed();
      };
      const cancel = () => settle(() => reject(signal.reason));
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { signal: until });
      const fail = (cause: unknown) => settle(() => reject(new SaidError('hashing.failed', { cause })));
      worker.addEventListener('error', fail, { signal: until });
      const listen = ({ data }: MessageEvent<HashNews>) => {
        if (data.kind === 'progress') onBytes(data.bytes);
        if (data.kind === 'done') settle(() => resolve(data.digest));
        if (data.kind === 'failed') fail(data.message);
      };
      worker.addEventListener('message', listen, { signal: until });
      worker.postMessage(file);
    });
  return { hash, end: () => worker.terminate() };
}

/**
 * The SHA-256 of a file, computed in this browser beside the page; nothing of the file is sent anywhere.
 *
 * Shape   base64url, 43 characters
 * Errors  rejects with the signal's reason when it is cancelled, with a SaidError when the file cannot be read
 */
export async function hashFile(file: Blob, about: HashingAbout): Promise<string> {
  const hasher = openHasher();
  try {
    return await hasher.hash(file, about);
  } finally {
    hasher.end();
  }
}
