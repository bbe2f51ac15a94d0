import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dataPath, type Settings } from '../settings.ts';

/** What a running city leaves for other commands: who it is and how its database is reached. */
export type RunningCity = { readonly pid: number; readonly databaseUrl: string; readonly origin: string };

/** The city that runs on this data directory now, if one does. */
export function runningCity(settings: Settings): RunningCity | undefined {
  const file = dataPath(settings, 'run', 'city.json');
  if (!existsSync(file)) return undefined;
  const noted: RunningCity = JSON.parse(readFileSync(file, 'utf8'));
  return isAlive(noted.pid) ? noted : undefined;
}

/** Notes this process as the city of the data directory; answers how to take the note back. */
export function noteRunning(settings: Settings, city: RunningCity): () => void {
  const file = dataPath(settings, 'run', 'city.json');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(city), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
