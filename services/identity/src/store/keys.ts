import { createHash } from 'node:crypto';

/** The key of a row: a hash, so that a copy of the table holds no token that anybody could use. */
export function rowKey(model: string, id: string): Buffer {
  return createHash('sha256').update(`${model}\n${id}`).digest();
}
