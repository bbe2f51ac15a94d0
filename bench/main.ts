// npm run bench -- NAME [--quick] | --list
import { loadavg } from 'node:os';
import { BENCHMARKS } from './benchmarks.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name, ...flags] = args;
  if (name === '--list') {
    for (const [known, { about }] of Object.entries(BENCHMARKS)) console.log(`${known.padEnd(12)} ${about}`);
    return 0;
  }
  const benchmark = name === undefined ? undefined : BENCHMARKS[name];
  if (name === undefined || benchmark === undefined || flags.some((flag) => flag !== '--quick')) {
    console.error(
      `npm run bench -- NAME [--quick], one of: ${Object.keys(BENCHMARKS).join(', ')}; or --list`,
    );
    return 2;
  }
  const load = [load1()];
  const result = await benchmark.run((line) => console.log(line), new Set(flags));
  console.log(`load average: ${load[0]} at the start, ${load1()} at the end`);
  console.log(JSON.stringify({ bench: name, ...result, loadAverage: [...load, load1()] }));
  return 0;
}

function load1(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
