import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NotarisationReceipt } from '@praya/notary/contract';
import { TILE_WIDTH, tilePath } from '@praya/tlog/tiles';
import { verifyNotarisation } from '@praya/verifier/notarisation';
import { type TrustAnchor, type TrustList, verifyTrustList } from '@praya/verifier/trust-list';
import { digestOf } from '../notary.ts';
import { expect, type Steps } from '../steps.ts';
import { forkLog, offerFork } from './fork.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { flipBit, flipProofHash, keepCosignatures, proofOfAnother } from './receipt.ts';
import { type Insider, openInsider } from './store.ts';
import { type LogToWatch, ledgerCheck, watchLog } from './watchers.ts';

/** One cheat, and who noticed: a check of the verifier, a witness, the ledger's own recount, a monitor. */
export type Tampering = { readonly how: string; readonly caughtBy: string; readonly code: string };

type City = {
  readonly origin: string;
  readonly dataDirectory: string;
  databaseUrl(): string;
  readonly timed: Steps['timed'];
};
type Held = {
  readonly anchor: TrustAnchor;
  readonly document: Uint8Array;
  readonly receipt: NotarisationReceipt;
  readonly another: NotarisationReceipt;
};

/**
 * Cheats with a document, its receipts, the log's store, its key and its files.
 *
 * Errors  throws at a cheat that nobody notices
 */
export async function tamperInEveryWay(city: City, held: Held): Promise<readonly Tampering[]> {
  const trust = await verifyTrustList(held.receipt.trust, held.anchor);
  if (!trust.ok) throw new Error(trust.refusal.code);
  const log = logOf(city, held.receipt, trust.value);
  await using insider = openInsider({ databaseUrl: city.databaseUrl(), dataDirectory: city.dataDirectory });
  return [
    ...(await tamperWithReceipts(city, held)),
    ...(await tamperWithStore({ city, log, insider })),
    ...(await forkBeforeWitnesses({ city, log, insider })),
    ...(await lieToMonitor(city, log)),
  ];
}

/** Each change to the receipt or the document, and the check that must name it. */
async function tamperWithReceipts(city: City, held: Held): Promise<Tampering[]> {
  const { receipt, document, another } = held;
  const ways = [
    { how: 'one bit of the document', receipt, document: flipBit(document), check: 'document' },
    {
      how: 'one bit of a hash in the proof',
      receipt: flipProofHash(receipt),
      document,
      check: 'inclusion-proofs',
    },
    {
      how: "another entry's proof",
      receipt: proofOfAnother(receipt, another),
      document,
      check: 'inclusion-proofs',
    },
    {
      how: 'all cosignatures but one removed',
      receipt: keepCosignatures(receipt, 1),
      document,
      check: 'witnesses',
    },
    {
      how: 'a statement left out of the history',
      receipt: {
        ...receipt,
        statements: [...receipt.statements.slice(0, 1), ...receipt.statements.slice(2)],
      },
      document,
      check: 'history',
    },
  ];
  const caught: Tampering[] = [];
  for (const way of ways) {
    const verdict = await city.timed(way.how, () =>
      verifyNotarisation(way.receipt, { anchor: held.anchor, digest: digestOf(way.document) }),
    );
    const finding = verdict.checks.find(({ ok, name }) => !ok && name === way.check);
    expect(!verdict.ok && finding?.code !== undefined, `${way.how} is caught by the check “${way.check}”`);
    caught.push({
      how: way.how,
      caughtBy: `verifier: ${way.check}`,
      code: finding.detail ?? finding.code,
    });
  }
  return caught;
}

type Scene = { readonly city: City; readonly log: LogToWatch; readonly insider: Insider };

/** A bit behind the log's back: first of an entry, then of a tile. Each is put back once it was found. */
async function tamperWithStore({ city, log, insider }: Scene): Promise<Tampering[]> {
  const before = await ledgerCheck(city.dataDirectory, log.origin);
  expect(before.sound, `the log is sound before: ${JSON.stringify(before.faults)}`);
  const caught: Tampering[] = [];
  for (const what of ['entry', 'tile'] as const) {
    const how = `one bit of ${what === 'entry' ? 'an entry' : 'a tile'} in the database`;
    await insider.flip(log.origin, what);
    const found = await city.timed(how, () => ledgerCheck(city.dataDirectory, log.origin));
    await insider.flip(log.origin, what);
    const [fault] = found.faults;
    expect(!found.sound && fault !== undefined, `the ledger's check finds ${how}`);
    caught.push({ how, caughtBy: 'praya ledger check', code: `${fault.kind} ${fault.at}` });
  }
  return caught;
}

/** Whoever has the log's key signs another history; witnesses that saw the first one do not cosign it. */
async function forkBeforeWitnesses({ city, log, insider }: Scene): Promise<Tampering[]> {
  const key = await insider.keyOf(log.origin);
  const published = await fetchText(`${log.url}/checkpoint`);
  const old = Number(published.split('\n')[1]);
  const ways = [
    { how: 'a fork of the same size, signed with the log’s own key', grown: 0, status: 409 },
    { how: 'a fork that grows, signed with the log’s own key', grown: 3, status: 422 },
  ];
  const caught: Tampering[] = [];
  for (const { how, grown, status } of ways) {
    const fork = forkLog(published, { key, grown });
    const answers = await city.timed(how, () => offerFork(log.witnesses, { fork, old }));
    const refused = answers.filter((answer) => answer.status === status).length;
    expect(
      refused === log.witnesses.length && refused > 0,
      `every witness answers ${status} to ${how}: ${JSON.stringify(answers)}`,
    );
    caught.push({ how, caughtBy: `${refused} of ${log.witnesses.length} witnesses`, code: String(status) });
  }
  return caught;
}

type Lie = {
  readonly how: string;
  readonly alarm: string;
  /** told to the mirror after the monitor has looked once and was content */
  tell(mirror: Mirror): Promise<void> | void;
};

/** A stranger's monitor is shown files that are not those of the log; it was content with the true ones before. */
async function lieToMonitor(city: City, log: LogToWatch): Promise<Tampering[]> {
  const size = Number((await fetchText(`${log.url}/checkpoint`)).split('\n')[1]);
  const tile = (level: number | 'entries') =>
    tilePath({ level, index: 0, width: Math.min(size, TILE_WIDTH) });
  const flip = (path: string) => async (mirror: Mirror) =>
    mirror.show(path, flipBit(await mirror.read(path), 17));
  const older = await olderCheckpoint(city, log);
  const lies: readonly Lie[] = [
    {
      how: 'an older checkpoint shown again',
      alarm: 'rollback',
      tell: (mirror) => mirror.show('checkpoint', older),
    },
    { how: 'one bit of an entry as it is served', alarm: 'inconsistent', tell: flip(tile('entries')) },
    { how: 'one bit of a tile as it is served', alarm: 'tile-wrong', tell: flip(tile(0)) },
  ];
  return withFolder(async (folder) => {
    await using truth = await startMirror(log.url);
    const memory = join(folder, 'content.json');
    const first = await watchLog({ ...log, url: truth.url }, memory);
    expect(first.length === 0, `the monitor is content at first: ${first.join(', ')}`);
    const caught: Tampering[] = [];
    for (const [at, { how, alarm, tell }] of lies.entries()) {
      await using mirror = await startMirror(log.url);
      await tell(mirror);
      const state = join(folder, `${at}.json`);
      copyFileSync(memory, state);
      const alarms = await city.timed(how, () => watchLog({ ...log, url: mirror.url }, state));
      expect(alarms.includes(alarm), `the monitor says ${alarm} to ${how}: ${alarms.join(', ')}`);
      caught.push({ how, caughtBy: 'praya monitor', code: alarms.join(', ') });
    }
    return caught;
  });
}

async function olderCheckpoint(city: City, log: LogToWatch): Promise<string> {
  const [tenant, shard] = log.origin.split('/').slice(-2);
  const list = `${city.origin}/ledger/v1/logs/${tenant}/${shard}/checkpoints?limit=100`;
  const { items } = JSON.parse(await fetchText(list)) as { items: { note: string }[] };
  const older = items.at(-1)?.note;
  if (items.length < 2 || older === undefined) throw new Error('The log has published only once');
  return older;
}

function logOf(city: City, receipt: NotarisationReceipt, trust: TrustList): LogToWatch {
  const checkpoint = receipt.statements.at(-1)?.proof.split('\n\n')[1] ?? '';
  const origin = checkpoint.split('\n')[0] ?? '';
  const key = trust.logs.find((log) => log.origin === origin);
  if (key === undefined) throw new Error(`The trust list has no log ${origin}`);
  const policy = trust.witnessPolicy;
  const witnesses = new Set(policy.match(/https?:\/\/\S+/g) ?? []);
  const path = origin.slice(origin.indexOf('/'));
  return { origin, url: `${city.origin}${path}`, key: key.vkey, policy, witnesses: [...witnesses] };
}

async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'praya-monitor-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}
