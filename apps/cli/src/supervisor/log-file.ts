import { close, openSync, write } from 'node:fs';
import { Writable } from 'node:stream';

/** Where a process writes its output. What a full disk does not take is lost; neither it nor we end over a line. */
export function openLogFile(file: string): Writable {
  const descriptor = openSync(file, 'a');
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => write(descriptor, chunk, () => done()),
    destroy: (error, done) => close(descriptor, () => done(error)),
  });
}
