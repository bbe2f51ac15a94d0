import { startCityProcess } from '@praya/city/play/city-process';
import { type LedgerJob, playLedgerJob } from '@praya/city/play/ledger-job';
import type { Invocation } from '../command.ts';

const RESIDENTS = 200;

/** Plays notarisation in a city of its own, and then cheats in every way that we can think of. */
export async function demoLedger({ json }: Invocation): Promise<number> {
  const say = (line: string) => (json ? console.error(line) : console.log(line));
  const startedAt = performance.now();
  say(`Starting a city of ${RESIDENTS} residents and three witnesses …`);
  await using city = await startCityProcess({ residents: RESIDENTS });
  const job = await playLedgerJob(city, (name, ms) => say(`${String(ms).padStart(6)} ms  ${name}`));
  const ms = Math.round(performance.now() - startedAt);
  say(tableOf(job));
  say(
    `\n${job.proofsVerified} checks of receipts hold; ${job.tampering.length} attempts, each caught.` +
      ` A witnessed receipt after ${job.notarisedAfterMs} ms, a revocation after ${job.revokedAfterMs} ms.`,
  );
  if (json) console.log(JSON.stringify({ ok: true, ...job, ms }));
  return 0;
}

function tableOf({ tampering }: LedgerJob): string {
  const width = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length)) + 2;
  const [how, by] = [
    width(tampering.map((one) => one.how)),
    width(tampering.map(({ caughtBy }) => caughtBy)),
  ];
  const lines = tampering.map((one) => `${one.how.padEnd(how)}${one.caughtBy.padEnd(by)}${one.code}`);
  return `\n${lines.join('\n')}`;
}
