import type { DatabasePool } from '@praya/kernel/database';
import { createKeyring } from '@praya/kernel/keyring';
import { freshDatabase, migrationsOf, testMasterKey } from '@praya/kernel/testing';
import { appendLeafHashes, EMPTY_FRONTIER, frontierRoot } from '@praya/tlog/frontier';
import { leafHash } from '@praya/tlog/merkle-hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IntegrityFault, Ledger } from './contract.ts';
import { commitmentOf, ledgerSuite, opened, proves } from './contract-suite.ts';
import { hasher } from './rules.ts';
import type { BatchLimits } from './service/batches.ts';
import { createLedger, logKeyLifetimes } from './service.ts';

type Log = { ledger: Ledger; again: () => Ledger; db: DatabasePool };

async function withLog(use: (log: Log) => Promise<void>, limits: Partial<BatchLimits> = {}): Promise<void> {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const db = database.open('ledger', 10);
  const about = { masterKey: testMasterKey, room: 'ledger', purpose: 'log', algorithm: 'EdDSA' } as const;
  const signer = createKeyring({ ...about, db, now: () => new Date(), lifetimes: logKeyLifetimes });
  const again = () => createLedger({ db, signer, origin: 'log.test/log', limits });
  await use({ ledger: again(), again, db });
}

ledgerSuite('the ledger on PostgreSQL', (use) => withLog(({ ledger }) => use(ledger)));

test('many at once get places without a gap, each with a proof of its own', () =>
  withLog(async ({ ledger }) => {
    const count = 1500;
    const proofs = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const proof = await ledger.append(commitmentOf(n));
        if (!proof.ok) throw new Error(proof.refusal.code);
        return proof.value;
      }),
    );
    const places = proofs.map((proof) => proof.index).sort((one, other) => one - other);
    expect(places).toEqual(Array.from({ length: count }, (_, n) => n));
    for (const [n, proof] of proofs.entries())
      expect(await proves(ledger, proof, commitmentOf(n))).toBe(true);
    expect(await ledger.checkIntegrity()).toMatchObject({ sound: true, size: count });
  }));

test('the tree is that of a naive count, however the appends fall into batches', () =>
  withLog(async ({ ledger }) => {
    const all: Uint8Array[] = [];
    const batches = fc.sample(fc.integer({ min: 1, max: 90 }), { numRuns: 12, seed: 7 });
    for (const size of batches) {
      const batch = Array.from({ length: size }, (_, at) => commitmentOf(all.length + at));
      await Promise.all(batch.map((commitment) => ledger.append(commitment)));
      all.push(...batch);
      const { root } = await opened(ledger, await ledger.checkpoint());
      const leaves = all.map((commitment) => leafHash(hasher, commitment));
      const naive = frontierRoot(hasher, appendLeafHashes(hasher, EMPTY_FRONTIER, leaves).frontier);
      expect(Buffer.from(root).toString('hex')).toBe(Buffer.from(naive).toString('hex'));
    }
    expect(await ledger.checkIntegrity()).toMatchObject({ sound: true, size: all.length });
  }));

test('a full queue refuses at once and keeps what it took', () =>
  withLog(
    async ({ ledger }) => {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ledger.append(commitmentOf(n))));
      const busy = answers.filter((answer) => !answer.ok && answer.refusal.code === 'ledger.busy');
      expect(busy.length).toBeGreaterThan(0);
      const { size } = await opened(ledger, await ledger.checkpoint());
      expect(size).toBe(50 - busy.length);
    },
    { batchSize: 4, queueSize: 10 },
  ));

test('two ledgers on one database share the places among them', () =>
  withLog(async ({ ledger, again }) => {
    const ledgers = [ledger, again()];
    const proofs = await Promise.all(
      Array.from({ length: 400 }, async (_, n) => {
        const proof = await ledgers[n % 2]?.append(commitmentOf(n % 300));
        if (proof?.ok !== true) throw new Error('refused');
        return proof.value.index;
      }),
    );
    expect(new Set(proofs).size).toBe(300);
    expect(await ledger.checkIntegrity()).toMatchObject({ sound: true, size: 300 });
  }));

describe('a log that somebody touched', () => {
  const entryOf = (n: number) => Buffer.from(commitmentOf(n));
  const flip = (bytes: string, bit: number) => `set_bit(${bytes}, ${bit}, 1 - get_bit(${bytes}, ${bit}))`;
  test.each<[string, string, IntegrityFault]>([
    [
      'a bit of an entry flipped',
      `update entries set commitment = ${flip('commitment', 5)} where index = 300`,
      { kind: 'entry-changed', index: 300 },
    ],
    ['an entry dropped', 'delete from entries where index = 17', { kind: 'entry-missing', index: 17 }],
    [
      'the last entry dropped',
      'delete from entries where index = 519',
      { kind: 'entry-missing', index: 519 },
    ],
    [
      'an entry added',
      "insert into entries select 520, sha256('surplus')",
      { kind: 'entry-surplus', index: 520 },
    ],
    [
      'a bit of a full tile flipped',
      `update tiles set hashes = ${flip('hashes', 700)} where level = 0 and index = 1`,
      { kind: 'tile-changed', level: 0, index: 1 },
    ],
    [
      'a bit of an upper tile flipped',
      `update tiles set hashes = ${flip('hashes', 300)} where level = 1`,
      { kind: 'tile-changed', level: 1, index: 0 },
    ],
    [
      'a tile dropped',
      'delete from tiles where level = 0 and index = 2',
      { kind: 'tile-missing', level: 0, index: 2 },
    ],
    [
      'a tile cut short',
      'update tiles set hashes = substr(hashes, 1, 64) where level = 0 and index = 2',
      { kind: 'tile-changed', level: 0, index: 2 },
    ],
    [
      'a tile made longer',
      'update tiles set hashes = hashes || substr(hashes, 1, 32) where level = 0 and index = 2',
      { kind: 'tile-surplus', level: 0, index: 2 },
    ],
    ['another root', "update heads set root = sha256('other')", { kind: 'head-changed' }],
    ['another right edge', `update heads set frontier = ${flip('frontier', 9)}`, { kind: 'head-changed' }],
    [
      'another size',
      'update heads set size = 513, frontier = substr(frontier, 1, 64)',
      { kind: 'head-changed' },
    ],
  ])('%s is found and named', (_name, damage, fault) =>
    withLog(async ({ ledger, db }) => {
      await Promise.all(Array.from({ length: 520 }, (_, n) => ledger.append(commitmentOf(n))));
      await db.unsafe(damage);
      expect(await ledger.checkIntegrity()).toEqual({ sound: false, fault });
    }),
  );

  test('two entries that changed places are found by the first', () =>
    withLog(async ({ ledger, db }) => {
      for (let n = 0; n < 20; n += 1) await ledger.append(commitmentOf(n));
      await db`delete from entries where index in (7, 12)`;
      await db`insert into entries values (7, ${entryOf(12)}), (12, ${entryOf(7)})`;
      expect(await ledger.checkIntegrity()).toEqual({
        sound: false,
        fault: { kind: 'entry-changed', index: 7 },
      });
    }));

  test('a tile that does not end where the head says stops the log rather than corrupts it', () =>
    withLog(async ({ ledger, db }) => {
      for (let n = 0; n < 5; n += 1) await ledger.append(commitmentOf(n));
      await db`update tiles set hashes = substr(hashes, 1, 96)`;
      await expect(ledger.append(commitmentOf(5))).rejects.toThrow('does not end where the head says');
      expect(await db`select size from heads`).toEqual([{ size: 5n }]);
    }));
});
