import { rmSync } from 'node:fs';
import { dataPath, readSettings, type Settings } from '../settings.ts';
import { openCityDatabase, operate } from '../supervisor/city.ts';
import { runningCity } from '../supervisor/run-file.ts';
import { type Command, type Invocation, textOf } from './command.ts';

/** Makes the demonstration city anew. */
export const city: Command = {
  usage: `praya city reset [--residents N] [--seed S] [--json]

Deletes the demonstration city of PRAYA_DATA and makes another: the same seed makes the same people.
The city must not be running. Refused in production.

  --residents N   100 to 1000000, default 10000
  --seed S        any text, default praya`,
  options: { residents: { type: 'string' }, seed: { type: 'string' } },
  async run(invocation) {
    if (invocation.positionals[0] !== 'reset') {
      console.error(this.usage);
      return 2;
    }
    const residents = textOf(invocation.values['residents'], '10000');
    if (!/^\d{3,7}$/.test(residents)) {
      console.error('--residents takes a whole number from 100 to 1000000.');
      return 2;
    }
    return reset(readSettings(), { residents, seed: textOf(invocation.values['seed'], 'praya'), invocation });
  },
};

async function reset(
  settings: Settings,
  about: { residents: string; seed: string; invocation: Invocation },
): Promise<number> {
  if (settings.PRAYA_ENV === 'production') throw new Error('A production city is not reset.');
  const running = runningCity(settings);
  if (running !== undefined) throw new Error(`The city runs (process ${running.pid}). End it first.`);
  const startedAt = Date.now();
  const database = await openCityDatabase(settings, (message) => console.error(message));
  try {
    rmSync(dataPath(settings, 'city.json'), { force: true });
    await operate(settings, {
      name: 'reset-city',
      databaseUrl: database.url,
      environment: { PRAYA_RESIDENTS: about.residents, PRAYA_SEED: about.seed },
    });
  } finally {
    await database.stop();
  }
  const done = { residents: Number(about.residents), seed: about.seed, ms: Date.now() - startedAt };
  console.log(
    about.invocation.json
      ? JSON.stringify(done)
      : `A city of ${done.residents} residents from the seed “${done.seed}”, in ${(done.ms / 1000).toFixed(1)} s.`,
  );
  return 0;
}
