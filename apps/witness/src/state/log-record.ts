import { hash } from 'node:crypto';

/**
 * What a witness remembers of one log.
 *
 * Shape   `size` 0 and `root` null until the first cosignature; `timestamp` in seconds, of the last one given;
 *         `note` is the checkpoint with the log's signature and ours; `listed` is false once the list dropped it
 */
export type LogRecord = {
  readonly origin: string;
  readonly vkey: string;
  readonly listed: boolean;
  readonly size: number;
  readonly root: Uint8Array | null;
  readonly timestamp: number;
  readonly note: string | null;
};

/** A record as it lies in the file. */
export type LogRow = {
  readonly origin: string;
  readonly vkey: string;
  readonly listed: number;
  readonly size: number;
  readonly root: Uint8Array | null;
  readonly timestamp: number;
  readonly note: string | null;
  readonly seal: Uint8Array;
};

export function recordOf(row: LogRow): LogRecord {
  const { seal: _seal, listed, ...rest } = row;
  return { ...rest, listed: listed === 1 };
}

/** The digest by which damage to a record is found. */
export function sealOf(record: LogRecord): Uint8Array {
  const { origin, vkey, listed, size, root, timestamp, note } = record;
  const hex = root === null ? null : Buffer.from(root).toString('hex');
  return hash('sha256', JSON.stringify([origin, vkey, listed, size, hex, timestamp, note]), 'buffer');
}

/** A log that nothing was cosigned of. */
export function newRecord(log: { readonly origin: string; readonly vkey: string }): LogRecord {
  return { ...log, listed: true, size: 0, root: null, timestamp: 0, note: null };
}
