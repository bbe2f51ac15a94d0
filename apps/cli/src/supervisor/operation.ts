import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Settings } from '../settings.ts';
import { openCityDatabase } from './city.ts';
import { runningCity } from './run-file.ts';

/**
 * Runs one of the platform's operations (`apps/platform/src/operate/<name>.ts`) at this terminal,
 * on the database of the running city or on one opened for it. Answers its exit code.
 */
export async function runAtTerminal(
  settings: Settings,
  about: { readonly name: string; readonly args: readonly string[] },
): Promise<number> {
  const running = runningCity(settings);
  const database =
    running === undefined
      ? await openCityDatabase(settings, (message) => console.error(message))
      : { url: running.databaseUrl, stop: async () => undefined };
  try {
    const script = join(settings.root, 'apps', 'platform', 'src', 'operate', `${about.name}.ts`);
    const { status } = spawnSync(process.execPath, [script, ...about.args], {
      stdio: 'inherit',
      env: { ...process.env, PRAYA_DATA: settings.dataDirectory, DATABASE_URL: database.url },
    });
    return status ?? 1;
  } finally {
    await database.stop();
  }
}
