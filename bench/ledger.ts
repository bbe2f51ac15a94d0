import { cpus } from 'node:os';
import type { Benchmark, Figures, Target } from './benchmarks.ts';
import { BATCHED, SINGLE } from './ledger/appender.ts';
import { bareDisk, bareLoop } from './ledger/bare.ts';
import { auditChain, batchedChain, chainCallByCall } from './ledger/chain.ts';
import { contest } from './ledger/contest.ts';
import { type CurvePoint, growthCurve } from './ledger/curve.ts';
import { openCore } from './ledger/hypercore.ts';
import { openOurs } from './ledger/ours.ts';
import { openOverHttp } from './ledger/over-http.ts';
import { measureReading, type Reading } from './ledger/reading.ts';
import { type BenchStore, openStore } from './ledger/store.ts';
import { type Measured, round, table } from './load.ts';

const QUICK = { rounds: 3, seconds: 2, sizes: [10_000, 100_000, 1_000_000] } as const;
const WHOLE = { rounds: 5, seconds: 3, sizes: [10_000, 100_000, 1_000_000, 10_000_000] } as const;

type Rates = Readonly<Record<string, Measured>>;

/** Appending, growing and reading, beside what an office would take instead. */
export const ledger: Benchmark = {
  about: 'durable appends per second beside a hash-chained table and hypercore; growth; reading',
  async run(say, flags) {
    const plan = flags.has('--quick') ? QUICK : WHOLE;
    const startedAt = performance.now();
    await using store = await openStore();
    const disk = bareDisk(store.directory, plan.seconds);
    say(`${cpus().length} × ${cpus()[0]?.model}; 50 kB and fdatasync: ${disk.syncsPerSecond} a second`);
    const { rates, others } = await measureAppending(store, plan, say);
    say(table(rowsOf(rates)));
    const { curve, reading } = await measureGrowth(store, plan, say);
    say(`all in ${Math.round((performance.now() - startedAt) / 1000)} s`);
    return outcome({ rates, disk, curve, reading, others }, say);
  },
};

/** What a reader of the others must fetch and check for one proof. */
type Others = {
  readonly coreLength: number;
  readonly coreProofBytes: number;
  readonly chainRowBytes: number;
};
type Plan = { readonly rounds: number; readonly seconds: number; readonly sizes: readonly number[] };

async function measureAppending(store: BenchStore, plan: Plan, say: (line: string) => void) {
  const chainUrl = await store.database('chain');
  await using ours = await openOurs(store, 'race');
  await using http = await openOverHttp(store, 'race-http');
  await using loop = await bareLoop(store.directory);
  await using chain = await batchedChain(chainUrl);
  await using chainOne = await chainCallByCall(await store.database('chain_one'));
  await using core = await openCore(store.directory);
  const rates = await contest(
    [
      { name: 'ours, single', appender: ours, traffic: SINGLE },
      { name: 'chain, grouped, single', appender: chain, traffic: SINGLE },
      { name: 'chain, one insert a call', appender: chainOne, traffic: SINGLE },
      { name: 'hypercore, single', appender: core, traffic: SINGLE },
      { name: 'bare loop, single', appender: loop, traffic: SINGLE },
      { name: 'ours, by 64', appender: ours, traffic: BATCHED },
      { name: 'ours over HTTP, by 64', appender: http, traffic: BATCHED },
      { name: 'chain, grouped, by 64', appender: chain, traffic: BATCHED },
      { name: 'hypercore, by 64', appender: core, traffic: BATCHED },
      { name: 'bare loop, by 64', appender: loop, traffic: BATCHED },
    ],
    { ...plan, say },
  );
  const audited = await auditChain(chainUrl);
  const middle = Math.floor(core.length() / 2);
  const others: Others = {
    coreLength: core.length(),
    coreProofBytes: await core.proofBytes(middle),
    chainRowBytes: audited.bytes / audited.rows,
  };
  return { rates, others };
}

async function measureGrowth(store: BenchStore, plan: Plan, say: (line: string) => void) {
  let curve: readonly CurvePoint[] = [];
  {
    await using log = await openOurs(store, 'growth');
    curve = await growthCurve(log, { sizes: plan.sizes, say });
    await log.published();
  }
  await using http = await openOverHttp(store, 'growth');
  const reading = await measureReading(http.prefix, plan.seconds * 2);
  return { curve, reading };
}

function outcome(
  found: {
    rates: Rates;
    disk: { perSecond: number };
    curve: readonly CurvePoint[];
    reading: Reading;
    others: Others;
  },
  say: (line: string) => void,
) {
  const { rates, curve, reading, others } = found;
  const rate = (name: string) => rates[name]?.perSecond ?? Number.NaN;
  const best = (...names: string[]) => Math.max(...names.map(rate));
  const fewest = curve[0]?.microsecondsPerEntry ?? Number.NaN;
  const most = Math.max(...curve.map(({ microsecondsPerEntry }) => microsecondsPerEntry));
  const singles = best('chain, grouped, single', 'chain, one insert a call', 'hypercore, single');
  const batches = best('chain, grouped, by 64', 'hypercore, by 64');
  const ratios: Figures = {
    singleOverBest: round(rate('ours, single') / singles),
    singleOverChainGrouped: round(rate('ours, single') / rate('chain, grouped, single')),
    singleOverChainOneInsertACall: round(rate('ours, single') / rate('chain, one insert a call')),
    singleOverHypercore: round(rate('ours, single') / rate('hypercore, single')),
    singleOverBareLoop: round(rate('ours, single') / rate('bare loop, single')),
    by64OverBest: round(rate('ours, by 64') / batches),
    by64OverChainGrouped: round(rate('ours, by 64') / rate('chain, grouped, by 64')),
    by64OverHypercore: round(rate('ours, by 64') / rate('hypercore, by 64')),
    by64OverBareLoop: round(rate('ours, by 64') / rate('bare loop, by 64')),
    httpBy64OverInProcess: round(rate('ours over HTTP, by 64') / rate('ours, by 64')),
    costAtTheLargestOverTheSmallest: round((curve.at(-1)?.microsecondsPerEntry ?? Number.NaN) / fewest),
    worstCostOnTheCurveOverTheSmallest: round(most / fewest),
    chainBytesPerProofOverOursCold: round((others.chainRowBytes * reading.size) / reading.coldBytesPerProof),
  };
  const targets = targetsOf(ratios, rates);
  say(growthTable(curve));
  say(readingText(reading, others));
  say(targetTable(targets));
  return { ...figures(found), ratios, targets };
}

function targetsOf(ratios: Figures, rates: Rates): Readonly<Record<string, Target>> {
  const at = (name: string) => rates[name];
  const least = (aim: number, got = Number.NaN): Target => ({ aim: `≥ ${aim}`, got, met: got >= aim });
  const most = (aim: number, got = Number.NaN): Target => ({ aim: `≤ ${aim}`, got, met: got <= aim });
  return {
    timesTheBestOtherSingle: least(3, ratios['singleOverBest']),
    timesTheBestOtherBy64: least(3, ratios['by64OverBest']),
    inProcessSinglePerSecond: least(60_000, at('ours, single')?.perSecond),
    inProcessBy64PerSecond: least(60_000, at('ours, by 64')?.perSecond),
    overHttpPerSecond: least(30_000, at('ours over HTTP, by 64')?.perSecond),
    inProcessSingleP99Ms: most(150, at('ours, single')?.p99Ms),
    overHttpP99Ms: most(150, at('ours over HTTP, by 64')?.p99Ms),
    costGrowth: most(1.25, ratios['worstCostOnTheCurveOverTheSmallest']),
  };
}

function figures(found: {
  rates: Rates;
  disk: { perSecond: number };
  curve: readonly CurvePoint[];
  reading: Reading;
  others: Others;
}): { ours: Figures; baselines: Readonly<Record<string, Figures>> } {
  const rows = Object.entries(rowsOf(found.rates));
  const growth = found.curve.flatMap(({ size, microsecondsPerEntry }) => [
    [`microsecondsPerEntryAt${size}`, microsecondsPerEntry] as const,
  ]);
  const mine = rows
    .filter(([name]) => name.startsWith('ours'))
    .flatMap(([name, row]) => Object.entries(row).map(([key, value]) => [`${name}: ${key}`, value] as const));
  return {
    ours: { ...Object.fromEntries(mine), ...Object.fromEntries(growth), ...found.reading },
    baselines: {
      ...Object.fromEntries(rows.filter(([name]) => !name.startsWith('ours'))),
      disk: found.disk,
      reading: { ...found.others, chainBytesPerProof: found.others.chainRowBytes * found.reading.size },
    },
  };
}

function rowsOf(rates: Rates): Readonly<Record<string, Figures>> {
  return Object.fromEntries(
    Object.entries(rates).map(([name, { perSecond, p50Ms, p99Ms }]) => [
      name,
      { entriesPerSecond: Math.round(perSecond), p50Ms, p99Ms },
    ]),
  );
}

function growthTable(curve: readonly CurvePoint[]): string {
  const rows = curve.map(({ size, microsecondsPerEntry, perSecond, p99Ms }) => [
    `${size} entries`,
    { microsecondsPerEntry, entriesPerSecond: Math.round(perSecond), p99Ms },
  ]);
  return `\n${table(Object.fromEntries(rows))}`;
}

function readingText(reading: Reading, others: Others): string {
  const rows = {
    'tiles, cold': {
      proofsPerSecond: reading.coldProofsPerSecond,
      p99Ms: reading.coldP99Ms,
      bytesPerProof: Math.round(reading.coldBytesPerProof),
    },
    'tiles, upper kept': {
      proofsPerSecond: reading.keptProofsPerSecond,
      p99Ms: reading.keptP99Ms,
      bytesPerProof: Math.round(reading.keptBytesPerProof),
    },
    [`hypercore of ${others.coreLength}`]: { bytesPerProof: others.coreProofBytes },
    'chain: all its rows': { bytesPerProof: Math.round(others.chainRowBytes * reading.size) },
  };
  return `\nOne proof in a log of ${reading.size}, over HTTP, verified:\n${table(rows)}`;
}

function targetTable(targets: Readonly<Record<string, Target>>): string {
  const lines = Object.entries(targets).map(
    ([name, { aim, got, met }]) =>
      `${name.padEnd(28)}${aim.padStart(10)}${String(got).padStart(14)}  ${met ? 'met' : 'NOT MET'}`,
  );
  return `\n${lines.join('\n')}`;
}
