import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dataPath, type Settings } from '../settings.ts';

/** What a running city leaves for other commands: who it is, how its database is reached, what runs under it. */
export type RunningCity = {
  readonly pid: number;
  readonly databaseUrl: string;
  readonly origin: string;
  readonly processes: readonly RunningProcess[];
};
export type RunningProcess = { readonly name: string; readonly pid: number };

/** The note of a running city: written anew when a process is another, taken back at the end. */
export type RunningNote = { renew(processes: readonly RunningProcess[]): void; remove(): void };

/** The city that runs on this data directory now, if one does. */
export function runningCity(settings: Settings): RunningCity | undefined {
  const file = dataPath(settings, 'run', 'city.json');
  if (!existsSync(file)) return undefined;
  const noted: RunningCity = JSON.parse(readFileSync(file, 'utf8'));
  return isAlive(noted.pid) ? noted : undefined;
}

/** Notes this process as the city of the data directory. */
export function noteRunning(settings: Settings, city: Omit<RunningCity, 'processes'>): RunningNote {
  const file = dataPath(settings, 'run', 'city.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const put = (processes: readonly RunningProcess[]) => {
    // Put in place whole: who reads it meanwhile sees the one or the other.
    writeFileSync(`${file}.new`, JSON.stringify({ ...city, processes }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  put([]);
  const renew = (processes: readonly RunningProcess[]) => {
    try {
      put(processes);
    } catch {
      // On a full disk the note is old until something starts again; the city does not end over it.
    }
  };
  return { renew, remove: () => rmSync(file, { force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
