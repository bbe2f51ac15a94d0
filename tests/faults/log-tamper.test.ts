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

const EVIDENCE_LOG = 'localhost:%/log/evidence/%';

/** Changes one byte of a stored file; answers how to put it back. */
async function touch(file: { level: number; at: number }): Promise<() => Promise<void>> {
  const { level, at } = file;
  const [kept] = await scene.db<{ bytes: Buffer }[]>`
    select bytes from ledger.tile_files where origin like ${EVIDENCE_LOG} and level = ${level} and index = 0`;
  if (kept === undefined) throw new Error(`No file of level ${level}`);
  const bytes = Buffer.from(kept.bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const save = async (value: Buffer) => {
    await scene.db`
      update ledger.tile_files set bytes = ${value}
      where origin like ${EVIDENCE_LOG} and level = ${level} and index = 0`;
  };
  await save(bytes);
  return () => save(kept.bytes);
}

describe('the log in the database', () => {
  test('is sound as it is', async () => {
    expect(await recount(scene)).toMatchObject({ sound: true });
    expect(await stillProves(one(1), seen)).toBe(true);
  });

  test('with an entry edited: the recount names the entry, and the entry served leads to no root seen before', async () => {
    const { index } = one(1).log;
    // each entry of 32 bytes stands behind its length
    const mend = await touch({ level: -1, at: index * 34 + 2 });
    const { sound, faults } = await recount(scene);
    expect(sound).toBe(false);
    expect(faults).toContainEqual({ kind: 'entry-changed', at: String(index) });
    await renewWorkers();
    const served = (await monitor.entries(seen.size))[index] ?? new Uint8Array();
    expect(await monitor.includes(seen, { index, commitment: served })).toBe(false);
    await mend();
    expect(await recount(scene)).toMatchObject({ sound: true });
  });

  test('with a bundle dropped: the recount names it', async () => {
    const [kept] = await scene.db`
      delete from ledger.tile_files where origin like ${EVIDENCE_LOG} and level = -1 and index = 0 returning *`;
    const { faults } = await recount(scene);
    expect(faults.map(({ kind }) => kind)).toContain('bundle-missing');
    await scene.db`insert into ledger.tile_files ${scene.db(kept ?? {})}`;
    expect(await recount(scene)).toMatchObject({ sound: true });
  });

  test('with a hash of the tree edited: the recount names it, and a proof made anew holds no more', async () => {
    const { index } = one(0).log;
    const mend = await touch({ level: 0, at: index * 32 });
    expect(await recount(scene)).toMatchObject({ sound: false });
    await renewWorkers();
    const neighbour = receipts.find(({ log }) => log.index !== index) ?? one(1);
    expect(await stillProves(neighbour, seen)).toBe(false);
    await mend();
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
  test('gets no cosignature: the witnesses remember more, the log stands still, and what was seen still proves', async () => {
    await scene.db.begin(async (tx) => {
      await tx`delete from ledger.tile_files where origin like ${EVIDENCE_LOG}`;
      await tx`delete from ledger.journal where origin like ${EVIDENCE_LOG}`;
      await tx`delete from ledger.checkpoints where origin like ${EVIDENCE_LOG}`;
      await tx`
        update ledger.trees set size = 0, root = sha256(''), frontier = '', published_size = 0, published = null
        where origin like ${EVIDENCE_LOG}`;
      await tx`update ledger.sequences set size = 0, epoch = epoch + 1 where origin like ${EVIDENCE_LOG}`;
    });
    for (const pid of workersOf(scene.city)) killHard(pid);
    await until('the log stands still', async () => {
      const [log] = await scene.db<{ halted: string | null }[]>`
        select halted from ledger.sequences where origin like ${EVIDENCE_LOG}`;
      return log?.halted === 'behind-witnesses';
    });
    const refused = await exchangeOnce(scene, { consented, service: 'rates.address' });
    expect(refused).toMatchObject({ receipt: null, status: 503 });
    expect(await isReady(`${scene.origin}/health/ready`)).toBe(false);
    expect((await verifyReceipt(one(0), { anchor: scene.anchor })).ok).toBe(true);
  });
});
