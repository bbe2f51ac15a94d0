import { type Measured, median } from '../load.ts';
import { type Appender, drive, type Traffic } from './appender.ts';

/** One who takes part, and how its entries come. */
export type Contestant = { readonly name: string; readonly appender: Appender; readonly traffic: Traffic };

const WARM_UP_SECONDS = 1;

/** All in turns, several times over: what disturbs the machine disturbs everybody. Answers each one's middle round. */
export async function contest(
  contestants: readonly Contestant[],
  about: { readonly rounds: number; readonly seconds: number; say(line: string): void },
): Promise<Readonly<Record<string, Measured>>> {
  const runs = new Map<string, Measured[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < about.rounds; round += 1) {
    about.say(`round ${round + 1} of ${about.rounds}`);
    for (const { name, appender, traffic } of contestants) {
      if (round === 0) await drive(appender, { ...traffic, seconds: WARM_UP_SECONDS });
      runs.get(name)?.push(await drive(appender, { ...traffic, seconds: about.seconds }));
    }
  }
  return Object.fromEntries([...runs].map(([name, measured]) => [name, median(measured)]));
}
