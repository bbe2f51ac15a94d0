import { useEffect, useRef, useState } from 'react';
import type { HashingAbout } from './hash-file.ts';

export type Hashing<T> =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly bytes: number; readonly of: number }
  | { readonly state: 'done'; readonly result: T }
  | { readonly state: 'failed'; readonly error: unknown };

type Task<T> = {
  readonly of: number;
  readonly run: (about: HashingAbout) => Promise<T>;
};

/** One hashing at a time, with its progress; a new one, a cancel and the end of the page end the former. */
export function useHashing<T>() {
  const [hashing, setHashing] = useState<Hashing<T>>({ state: 'idle' });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = ({ of, run }: Task<T>) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    const say = (next: Hashing<T>) => !own.signal.aborted && setHashing(next);
    say({ state: 'running', bytes: 0, of });
    run({ signal: own.signal, onBytes: (bytes) => say({ state: 'running', bytes, of }) }).then(
      (result) => say({ state: 'done', result }),
      (error: unknown) => say({ state: 'failed', error }),
    );
  };
  const cancel = () => {
    running.current?.abort();
    setHashing({ state: 'idle' });
  };
  return { hashing, start, cancel };
}
