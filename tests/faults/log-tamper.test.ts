import { Buffer } from 'node:buffer';
import type { Receipt } from '@praya/exchange/contract';
import { verifyReceipt } from '@praya/verifier/receipt';
import type { Checkpoint } from '@praya/verifier/signed-note';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeOnce } from '../support/fault-city/exchanges.ts';
import { recount } from '../support/fault-city/ledger.ts';
import { commitmentOf, type Monitor, monitorOf } from '../support/fault-city/log.ts';
import { isReady, killHard, until, workersOf } from '../support/fault-city/processes.ts';
import { changeReceipt, EDITS, verifyByCommand } from '../support/fault-city/receipt-file.ts';
import { type Consented, consentTo, openScene, type Scene } from '../support/fault-city/scene.ts';

let scene: Scene;
let monitor: Monitor;
let consented: Consented;
let receipts: readonly Receipt[];
let seen: Checkpoint;

beforeAll(async () => {
  scene = await openScene({ workers: 2 });
  consented = await consentTo(scene, { who: 0 });
  monitor = await monitorOf(scene);
  receipts = [await receiptOfNow(), await receiptOfNow(), await receiptOfNow()];
  seen = await monitor.seenIn(one(2));
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

async function receiptOfNow(): Promise<Receipt> {
  const { receipt, code } = await exchangeOnce(scene, { consented, service: 'rates.address' });
  if (receipt === null) throw new Error(`No receipt: ${code}`);
  return receipt;
}

function one(position: number): Receipt {
  const receipt = receipts[position];
  if (receipt === undefined) throw new Error('No such receipt');
  return receipt;
}

/** Whether the log still proves a receipt against what it said before. */
async function stillProves(receipt: Receipt, checkpoint: Checkpoint): Promise<boolean> {
  const commitment = await commitmentOf(receipt);
  return monitor.includes(checkpoint, { index: receipt.log.index, commitment });
}

/** New workers remember nothing of the log's tiles. */
async function renewWorkers(): Promise<void> {
  const before = workersOf(scene.city);
  for (const pid of before) killHard(pid);
  await until('there are new workers', async () => {
    const now = workersOf(scene.city);
    const isNew = now.length === before.length && !now.some((pid) => before.includes(pid));
    return isNew && (await isReady(`${scene.origin}/health/ready`));
  });
}

describe('the log in the database', () => {
  test('is sound as it is', async () => {
    expect(await recount(scene)).toMatchObject({ sound: true });
    expect(await stillProves(one(1), seen)).toBe(true);
  });

  test('with an entry edited: the recount names the entry, and the entry served leads to no root seen before', async () => {
    const { index } = one(1).log;
    const commitment = await commitmentOf(one(1));
    await scene.db`update ledger.entries set commitment = ${Buffer.alloc(32, 7)} where index = ${index}`;
    expect(await recount(scene)).toEqual({ sound: false, fault: { kind: 'entry-changed', index } });
    const served = (await monitor.entries(seen.size))[index] ?? new Uint8Array();
    expect(await monitor.includes(seen, { index, commitment: served })).toBe(false);
    await scene.db`update ledger.entries set commitment = ${Buffer.from(commitment)} where index = ${index}`;
    expect(await recount(scene)).toMatchObject({ sound: true });
  });

  test('with an entry dropped: the recount names its place', async () => {
    const { index } = one(1).log;
    const commitment = await commitmentOf(one(1));
    await scene.db`delete from ledger.entries where index = ${index}`;
    expect(await recount(scene)).toEqual({ sound: false, fault: { kind: 'entry-missing', index } });
    await scene.db`insert into ledger.entries (index, commitment) values (${index}, ${Buffer.from(commitment)})`;
    expect(await recount(scene)).toMatchObject({ sound: true });
  });

  test('with a hash of the tree edited: the recount names it, and a proof made anew holds no more', async () => {
    const { index } = one(0).log;
    const at = index * 32 + 1;
    const [kept] = await scene.db<{ hashes: Buffer }[]>`
      select hashes from ledger.tiles where level = 0 and index = 0`;
    await scene.db`
      update ledger.tiles set hashes = overlay(hashes placing ${Buffer.alloc(32, 7)} from ${at})
      where level = 0 and index = 0`;
    expect(await recount(scene)).toMatchObject({ sound: false });
    await renewWorkers();
    const neighbour = receipts.find(({ log }) => log.index !== index) ?? one(1);
    expect(await stillProves(neighbour, seen)).toBe(false);
    await scene.db`
      update ledger.tiles set hashes = ${kept?.hashes ?? Buffer.alloc(0)} where level = 0 and index = 0`;
    await renewWorkers();
    expect(await recount(scene)).toMatchObject({ sound: true });
    expect(await stillProves(neighbour, seen)).toBe(true);
  });
});

describe('a receipt file that was changed', () => {
  test('is valid before', async () => {
    const verdict = await verifyByCommand(scene, one(0));
    expect(verdict).toMatchObject({ exitCode: 0, ok: true, failed: [] });
  });

  test.each(EDITS)('in its $piece: the command ends with 1 and names $names', async ({ names, edit }) => {
    const verdict = await verifyByCommand(scene, changeReceipt(one(0), edit));
    expect(verdict).toMatchObject({ exitCode: 1, ok: false });
    expect(verdict.failed[0]).toBe(names);
  });

  test('under another city’s anchor: the command ends with 1 and names trust-list', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32, 9).toString('base64url') };
    const anchor = { ...scene.anchor, jwk };
    const verdict = await verifyByCommand({ ...scene, anchor }, one(0));
    expect(verdict).toMatchObject({ exitCode: 1, ok: false });
    expect(verdict.failed[0]).toBe('trust-list');
  });
});

describe('a log begun anew by its operator', () => {
  test('is sound in itself, and is found out by every receipt and every checkpoint of before', async () => {
    const early = await monitor.seenIn(one(0));
    await scene.db.begin(async (tx) => {
      await tx`delete from ledger.entries`;
      await tx`delete from ledger.tiles`;
      await tx`update ledger.heads set size = 0, root = sha256(''), frontier = ''`;
    });
    await renewWorkers();
    let newest = await monitor.newest();
    while (newest.size <= early.size) {
      await receiptOfNow();
      newest = await monitor.newest();
    }
    expect(await recount(scene)).toMatchObject({ sound: true });
    expect(await monitor.extends(early, newest)).toBe(false);
    expect(await stillProves(one(0), newest)).toBe(false);
    expect((await verifyReceipt(one(0), { anchor: scene.anchor })).ok).toBe(true);
  });
});
