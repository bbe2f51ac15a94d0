import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { growTree, type HashTile } from '@praya/tlog/growing-tree';
import { sameBytes } from '@praya/tlog/merkle-hash';
import { hashInto } from './crypto.ts';
import type { Sighting } from './watch-list.ts';

/**
 * What a monitor remembers.
 *
 * Shape   `note` is the newest checkpoint that was found good; `edge` is the right edge of its tree; `grewAt` is when
 *         it was first seen larger; `ahead` are the sources that had seen more, and since when
 */
export type MonitorState = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly edge: readonly HashTile[];
  readonly grewAt: string;
  readonly sightings: readonly Sighting[];
  readonly ahead: Readonly<Record<string, { readonly size: number; readonly since: string }>>;
};

/** The memory is damaged, or another log's. */
export class StateDamaged extends Error {
  override name = 'StateDamaged';
}

const FORMAT = 'praya.monitor.v1';

/**
 * Reads the memory; null where there is none yet.
 *
 * Errors  StateDamaged, with what to do
 */
export function readState(file: string, origin: string): MonitorState | null {
  if (!existsSync(file)) return null;
  const state = parse(file);
  if (state.origin !== origin)
    throw new StateDamaged(`${file} is the memory of ${state.origin}, not of ${origin}.`);
  if (!sameBytes(growTree(hashInto, state).root(), state.root)) throw damaged(file);
  return state;
}

/** Writes the memory: whole, or not at all. */
export function writeState(file: string, state: MonitorState): void {
  const text = JSON.stringify({
    format: FORMAT,
    ...state,
    root: base64(state.root),
    edge: state.edge.map(({ tile, bytes }) => ({ ...tile, bytes: base64(bytes) })),
  });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
  const directory = openSync(dirname(file), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

type Written = Omit<MonitorState, 'root' | 'edge'> & {
  readonly format: string;
  readonly root: string;
  readonly edge: readonly { level: number; index: number; width: number; bytes: string }[];
};

function parse(file: string): MonitorState {
  try {
    const { format, ...written }: Written = JSON.parse(readFileSync(file, 'utf8'));
    if (format !== FORMAT) throw damaged(file);
    const edge = written.edge.map(({ bytes, ...tile }) => ({ tile, bytes: bytesOf(bytes) }));
    const state = { ...written, root: bytesOf(written.root), edge };
    const isWhole =
      [state.origin, state.note, state.grewAt].every((text) => typeof text === 'string') &&
      Array.isArray(state.sightings) &&
      typeof state.ahead === 'object';
    if (!isWhole) throw damaged(file);
    growTree(hashInto, state);
    return state;
  } catch (error) {
    throw damaged(file, error);
  }
}

function damaged(file: string, cause?: unknown): StateDamaged {
  const sentence =
    `${file} is damaged. Put a copy of it back, or move it away: the monitor then begins anew and cannot tell ` +
    'whether the log has changed what it showed before. With --full it reads everything once more.';
  return new StateDamaged(sentence, { cause });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
