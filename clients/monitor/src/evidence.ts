import { hash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alarm } from './alarm.ts';

/**
 * Keeps the notes of an alarm, each in a file of its own; answers the files. The same notes are kept once.
 *
 * Shape   `<kind>-<first 16 digits of the SHA-256 of both notes>-<1, 2>.note`
 */
export function keepEvidence(directory: string, alarm: Alarm): readonly string[] {
  const notes = alarm.notes ?? [];
  if (notes.length === 0) return [];
  mkdirSync(directory, { recursive: true });
  const name = `${alarm.kind}-${hash('sha256', notes.join('\n'), 'hex').slice(0, 16)}`;
  return notes.map((note, at) => {
    const file = join(directory, `${name}-${at + 1}.note`);
    if (!existsSync(file)) writeFileSync(file, note, { flush: true });
    return file;
  });
}
