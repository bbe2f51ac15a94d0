import { readSettings } from '../settings.ts';
import { type City, startCity } from '../supervisor/city.ts';
import type { Command } from './command.ts';

const PARENT_CHECK_MS = 500;

/** Starts everything and stays until told to end. */
export const start: Command = {
  usage: `praya start

Starts the city: PostgreSQL (unless DATABASE_URL names a server), the platform, and in a demonstration
the departments' connectors and the bank. Ctrl-C ends all of it.

  PRAYA_PORT=8080       the platform; the demonstration's other processes take the ports after it
  PRAYA_DATA=.praya     where everything is kept
  PRAYA_WORKERS=2       platform processes
  PRAYA_ENV             demonstration or production
  --json                one line of JSON when ready`,
  options: {},
  async run({ json }) {
    const startedAt = Date.now();
    const settings = readSettings();
    const say = (message: string) => console.error(json ? JSON.stringify({ message }) : message);
    const ended = untilTold();
    const city = await startCity(settings, say);
    announce(city, { json, ms: Date.now() - startedAt });
    await ended;
    say('Ending …');
    await city.stop();
    return 0;
  },
};

// Signals are caught from the first moment, so that a Ctrl-C during the start still ends in order. Under npm a
// SIGTERM reaches npm and its shell alone; so losing our parent counts as being told, too.
function untilTold(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      resolve();
    }, PARENT_CHECK_MS);
    watch.unref();
  });
}

function announce(city: City, about: { json: boolean; ms: number }): void {
  if (about.json) {
    console.log(JSON.stringify({ ready: true, ms: about.ms, portal: city.origin, bank: city.bankOrigin }));
    return;
  }
  const bank =
    city.bankOrigin === null ? '' : `\n  The bank    ${city.bankOrigin}   open an account with Praya`;
  console.log(`
Praya is ready after ${(about.ms / 1000).toFixed(1)} s.
${bank}
  The portal  ${city.origin}
  The API     ${city.origin}/docs/api

Ctrl-C ends it.`);
}
