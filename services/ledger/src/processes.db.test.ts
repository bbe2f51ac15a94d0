import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createKeyring } from '@praya/kernel/keyring';
import { type FreshDatabase, freshDatabase, migrationsOf, testMasterKey } from '@praya/kernel/testing';
import { leafHash, verifyInclusion } from '@praya/verifier/merkle';
import { readCheckpoint, verifyNote } from '@praya/verifier/signed-note';
import { expect, test } from 'vitest';
import type { Ledger, LogProof } from './contract.ts';
import { proves } from './contract-suite.ts';
import { createLedger, logKeyLifetimes } from './service.ts';

type Acknowledged = { commitment: string; proof: LogProof };
type Appender = { child: ChildProcess; acknowledged: Acknowledged[]; ended: Promise<unknown> };

const program = fileURLToPath(new URL('../../../tests/support/ledger-appender.ts', import.meta.url));

function appender(url: string, name: string, count: number): Appender {
  const child = spawn(process.execPath, [program, url, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line));
  });
  return { child, acknowledged, ended: Promise.all([once(child, 'exit'), once(lines, 'close')]) };
}

function ledgerOf(database: FreshDatabase): Ledger {
  const db = database.open('ledger');
  const about = { masterKey: testMasterKey, room: 'ledger', purpose: 'log', algorithm: 'EdDSA' } as const;
  const signer = createKeyring({ ...about, db, now: () => new Date(), lifetimes: logKeyLifetimes });
  return createLedger({ db, signer, origin: 'log.test/log' });
}

// With the verifier that integrators install, which shares no code with the log.
async function verifies({ commitment, proof }: Acknowledged, vkey: string): Promise<boolean> {
  const text = await verifyNote(proof.checkpoint, vkey);
  const checkpoint = text.ok ? readCheckpoint(text.value) : text;
  if (!checkpoint.ok) return false;
  const { size, root } = checkpoint.value;
  const hashes = proof.proof.map((hash) => Uint8Array.from(Buffer.from(hash, 'base64')));
  const leaf = await leafHash(Buffer.from(commitment, 'hex'));
  return (await verifyInclusion({ index: proof.index, size, leafHash: leaf, root, proof: hashes })).ok;
}

test('two processes that append at once leave no gap and take no place twice', async () => {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const ledger = ledgerOf(database);
  const { vkey } = await ledger.identity();
  const appenders = ['one', 'other'].map((name) => appender(database.url('ledger'), name, 500));
  await Promise.all(appenders.map(({ ended }) => ended));
  const acknowledged = appenders.flatMap((each) => each.acknowledged);
  const places = acknowledged.map(({ proof }) => proof.index).sort((one, other) => one - other);
  expect(places).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  for (const each of acknowledged) expect(await verifies(each, vkey)).toBe(true);
  expect(await ledger.checkIntegrity()).toMatchObject({ sound: true, size: 1000 });
});

test('a process that is killed in the middle loses nothing that it acknowledged', async () => {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const ledger = ledgerOf(database);
  const { vkey } = await ledger.identity();
  const { child, acknowledged, ended } = appender(database.url('ledger'), 'killed', 1000);
  while (acknowledged.length < 200) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  expect(acknowledged.length).toBeLessThan(1000);
  for (const each of acknowledged) {
    expect(await verifies(each, vkey)).toBe(true);
    const again = await ledger.append(Buffer.from(each.commitment, 'hex'));
    expect(again.ok && again.value.index).toBe(each.proof.index);
  }
  const sound = await ledger.checkIntegrity();
  expect(sound).toMatchObject({ sound: true });
  if (!sound.sound) return;
  // What was in flight is in whole batches or not at all; the log goes on from there.
  expect(sound.size % 8).toBe(0);
  const next = await ledger.append(new Uint8Array(32));
  expect(next.ok && next.value.index).toBe(sound.size);
  expect(next.ok && (await proves(ledger, next.value, new Uint8Array(32)))).toBe(true);
});
