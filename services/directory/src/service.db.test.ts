import { type DatabasePool, openDatabase } from '@praya/kernel/database';
import { createKeyring } from '@praya/kernel/keyring';
import {
  type FixedClock,
  fixedClock,
  freshDatabase,
  migrationsOf,
  testMasterKey,
} from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory, IssuerKey, PersonId, Role, TrustList } from './contract.ts';
import { directorySuite } from './contract-suite.ts';
import {
  anchorKeyLifetimes,
  appointFirstOfficer,
  createDirectory,
  type FirstAppointment,
  seedDirectory,
} from './service.ts';
import { bankKey, ids, NOW, newKey, officers, organisations, purposes } from './test-city.ts';

type World = { directory: Directory; again: () => Directory; db: DatabasePool; now: FixedClock };

const issuerKeys: IssuerKey[] = [];
const logs: TrustList['logs'] = [{ origin: 'praya.test/log', vkey: 'praya.test/log+00000000+AQ==' }];

let database: Awaited<ReturnType<typeof freshDatabase>>;
let db: DatabasePool;
beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('directory'), keyring: true }]);
  db = database.open('directory', 8);
});
afterAll(() => database[Symbol.asyncDispose]());

// One database for all: making one takes longer than a test.
async function withDirectory(use: (world: World) => Promise<void>): Promise<void> {
  await db.unsafe(`
    delete from changes; delete from permits; delete from clients; delete from officers;
    drop trigger never_deleted on keys; delete from keys;
    create trigger never_deleted before delete or truncate on keys
      for each statement execute function refuse_rewriting();
    delete from organisations; delete from purposes; delete from trust_lists; update revisions set number = 0;
  `);
  issuerKeys.length = 0;
  const now = fixedClock(NOW);
  await seedDirectory(db, { organisations, purposes }, { now: now() });
  const about = {
    masterKey: testMasterKey,
    room: 'directory',
    purpose: 'anchor',
    algorithm: 'EdDSA',
  } as const;
  const anchor = createKeyring({ ...about, db, now, lifetimes: anchorKeyLifetimes });
  const rp = { id: 'praya.test', origins: ['https://praya.test'] };
  const needs = { db, now, production: false, issuer: 'https://praya.test', anchor, rp };
  const again = () =>
    createDirectory({
      ...needs,
      issuerKeys: async () => [...issuerKeys],
      logs: async () => ({ logs, witnessPolicy: '' }),
    });
  await use({ directory: again(), again, db, now });
}

directorySuite('the directory on PostgreSQL', withDirectory);

test('a directory that has anything in it is not seeded', () =>
  withDirectory(async ({ now }) => {
    await expect(seedDirectory(db, { organisations, purposes }, { now: now() })).rejects.toThrow('empty');
  }));

test('a seed that the rules refuse leaves the directory empty', () =>
  withDirectory(async ({ now }) => {
    const wrong = [{ ...organisations[0], permits: ['marketing'] }] as typeof organisations;
    await expect(
      Promise.resolve().then(() => seedDirectory(db, { organisations: wrong, purposes }, { now: now() })),
    ).rejects.toThrow('directory.purpose-unknown');
  }));

test('the audit says who did what, and cannot be rewritten', () =>
  withDirectory(async ({ directory }) => {
    const [before] = await db<{ number: bigint }[]>`select max(number) as number from audit`;
    await directory.revokeKey({
      organisationId: ids.bank,
      kid: bankKey.kid,
      by: officers.bankMaker,
      reason: 'lost',
    });
    const kind = 'purpose.permit';
    const payload = { purpose: 'loan-application' };
    const change = await directory.propose({
      kind,
      organisationId: ids.bank,
      payload,
      madeBy: officers.maker,
    });
    if (!change.ok) throw new Error(change.refusal.code);
    await directory.decide({
      id: change.value.id,
      decidedBy: officers.checker,
      approve: true,
      reason: 'fine',
    });
    const rows =
      await db`select who, what, organisation_id as about from audit where number > ${before?.number ?? 0n}
      order by number`;
    expect(rows).toEqual([
      { who: officers.bankMaker, what: 'key.revoked', about: ids.bank },
      { who: officers.maker, what: 'change.proposed', about: ids.bank },
      { who: officers.checker, what: 'change.approved', about: ids.bank },
    ]);
    await expect(db`update audit set who = 'somebody'`).rejects.toThrow('append-only');
    await expect(db`delete from audit`).rejects.toThrow('append-only');
    await expect(db`truncate audit`).rejects.toThrow('append-only');
    await expect(db`delete from keys`).rejects.toThrow('append-only');
  }));

test('a revoked key is told in the same transaction', () =>
  withDirectory(async ({ directory }) => {
    await directory.revokeKey({ organisationId: ids.bank, kid: bankKey.kid, by: officers.bankMaker });
    const admin = openDatabase(database.adminUrl, { max: 1 });
    const rows = await admin`select payload from graphile_worker._private_jobs order by id desc limit 1`;
    await admin.end();
    expect(rows[0]?.payload).toMatchObject({
      name: 'directory.key-revoked',
      organisationId: ids.bank,
      kid: bankKey.kid,
    });
  }));

describe('a first officer', () => {
  const appoint = (personId: PersonId, roles: Role[], over: Partial<FirstAppointment> = {}) =>
    appointFirstOfficer(
      db,
      { organisation: 'platform', personId, roles, reason: 'first', account: 'operator', ...over },
      new Date(NOW),
    );

  test('is appointed from the shell until there are maker and checker in two persons', () =>
    withDirectory(async ({ directory }) => {
      await db`delete from officers`;
      await db`update revisions set number = number + 1`;
      const { both, maker, nobody } = officers;
      expect(await appoint(both, ['directory.maker', 'directory.checker'])).toMatchObject({ ok: true });
      expect(await appoint(both, ['directory.checker'])).toMatchObject({ ok: true });
      expect(await appoint(maker, ['directory.maker'])).toMatchObject({ ok: true });
      const refused = { ok: false, refusal: { code: 'directory.officers-appointed' } };
      expect(await appoint(nobody, ['directory.checker'])).toMatchObject(refused);
      expect(await directory.officesOf(nobody)).toEqual([]);
      expect(await directory.officesOf(both)).toEqual([
        { organisationId: ids.operator, roles: ['directory.checker'] },
      ]);
      const [entry] = await db`select who, what, detail from audit order by number desc limit 1`;
      expect(entry).toEqual({
        who: 'shell',
        what: 'officer.appointed',
        detail: { personId: maker, roles: ['directory.maker'], reason: 'first', account: 'operator' },
      });
    }));

  test('is one whom the rules allow', () =>
    withDirectory(async () => {
      await db`delete from officers`;
      expect(await appoint(officers.maker, [])).toMatchObject({
        refusal: { code: 'directory.change-invalid', field: 'payload/roles' },
      });
      expect(
        await appoint(officers.maker, ['administrator'], { organisation: 'lantern-bay-bank' }),
      ).toMatchObject({ refusal: { code: 'directory.role-not-for-organisation' } });
      expect(await appoint(officers.maker, ['directory.maker'], { organisation: 'nowhere' })).toMatchObject({
        refusal: { code: 'directory.organisation-unknown' },
      });
    }));

  test('of several at once no more come in than it takes', () =>
    withDirectory(async () => {
      await db`delete from officers`;
      const people = [officers.maker, officers.checker, officers.both, officers.nobody];
      const results = await Promise.all(
        people.map((one) => appoint(one, ['directory.maker', 'directory.checker'])),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(2);
    }));
});

test('another process sees a change at once', () =>
  withDirectory(async ({ directory, again }) => {
    const other = again();
    await other.organisation(ids.bank);
    const list = await other.trustList();
    expect(await directory.trustList()).toBe(list);
    await directory.revokeKey({ organisationId: ids.bank, kid: bankKey.kid, by: officers.bankMaker });
    const seen = await other.organisation(ids.bank);
    expect(seen.ok && seen.value.keys[0]?.revokedAt).not.toBeNull();
    const next = await other.trustList();
    expect(next).not.toBe(list);
    expect(await directory.trustList()).toBe(next);
  }));

test('a key of another room is in the list a minute later', () =>
  withDirectory(async ({ directory, now }) => {
    const before = await directory.trustList();
    const { jwk, kid, validFrom, validUntil } = newKey();
    issuerKeys.push({ kid, purpose: 'consent', jwk, validFrom, validUntil, revokedAt: null });
    expect(await directory.trustList()).toBe(before);
    now.advance(60_001);
    expect(await directory.trustList()).not.toBe(before);
  }));
