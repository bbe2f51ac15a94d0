// npm run bench -- NAME | --list
import { BENCHMARKS } from './benchmarks.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name] = args;
  if (name === '--list') {
    for (const [known, { about }] of Object.entries(BENCHMARKS)) console.log(`${known.padEnd(12)} ${about}`);
    return 0;
  }
  const benchmark = name === undefined ? undefined : BENCHMARKS[name];
  if (name === undefined || benchmark === undefined) {
    console.error(`npm run bench -- NAME, one of: ${Object.keys(BENCHMARKS).join(', ')}; or --list`);
    return 2;
  }
  const { ours, baselines, ratios } = await benchmark.run((line) => console.log(line));
  console.log(JSON.stringify({ bench: name, ours, baselines, ratios }));
  return 0;
}
