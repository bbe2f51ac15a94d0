import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readSettings } from '../settings.ts';
import { openCityDatabase } from '../supervisor/city.ts';
import { runningCity } from '../supervisor/run-file.ts';
import { type Command, textOf } from './command.ts';

/** Lists and rotates the platform's own signing keys. */
export const keys: Command = {
  usage: `praya keys list [--json]
praya keys rotate --purpose PURPOSE [--json]

The signing keys of the platform: who uses them, their state and until when they count.
Rotate publishes the next key at once; it signs when every reader has had time to see it.

  --purpose   openid, consent, gateway, events, log or anchor`,
  options: { purpose: { type: 'string' } },
  async run({ values, positionals, json }) {
    const [verb] = positionals;
    const purpose = textOf(values['purpose'], '');
    if ((verb !== 'list' && verb !== 'rotate') || (verb === 'rotate' && purpose === '')) {
      console.error(this.usage);
      return 2;
    }
    const settings = readSettings();
    const running = runningCity(settings);
    const database =
      running === undefined
        ? await openCityDatabase(settings, (message) => console.error(message))
        : { url: running.databaseUrl, stop: async () => undefined };
    try {
      const script = join(settings.root, 'apps', 'platform', 'src', 'operate', 'keys.ts');
      const args = [script, verb, ...(json ? ['--json'] : []), ...(purpose === '' ? [] : [purpose])];
      const { status } = spawnSync(process.execPath, args, {
        stdio: 'inherit',
        env: { ...process.env, PRAYA_DATA: settings.dataDirectory, DATABASE_URL: database.url },
      });
      return status ?? 1;
    } finally {
      await database.stop();
    }
  },
};
