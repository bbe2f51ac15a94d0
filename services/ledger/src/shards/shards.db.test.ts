import { fixedClock, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { describe, expect, test } from 'vitest';
import { createShards, type Shards } from './shards.ts';
import { listShards } from './store.ts';

const OWNER = 'org_lands';

async function withShards(
  use: (about: {
    readonly shards: Shards;
    /** another process with a clock of its own */
    readonly other: (at: string) => Shards;
    readonly clock: ReturnType<typeof fixedClock>;
    readonly list: () => Promise<readonly [string, boolean][]>;
  }) => Promise<void>,
): Promise<void> {
  await using database = await freshDatabase([{ ...migrationsOf('ledger'), keyring: true }]);
  const db = database.open('ledger');
  const clock = fixedClock('2026-11-22T04:00:00Z');
  const of = (now: () => Date) => createShards({ db, now, host: 'log.test' });
  const list = async () =>
    (await listShards(db)).map(({ shard, closedAt }): [string, boolean] => [shard, closedAt === null]);
  await use({ shards: of(clock), other: (at) => of(fixedClock(at)), clock, list });
}

async function originFor(shards: Shards, tenant = 'lands'): Promise<string> {
  const current = await shards.current(tenant);
  if (!current.ok) throw new Error(current.refusal.code);
  return current.value;
}

describe('the shards of a tenant', () => {
  test('the half-year that begins closes the one before, and the owner stays', () =>
    withShards(async ({ shards, clock, list }) => {
      await shards.open('lands', OWNER);
      expect(await originFor(shards)).toBe('log.test/log/lands/2026h2');
      clock.set('2027-01-01T00:00:00Z');
      expect(await originFor(shards)).toBe('log.test/log/lands/2027h1');
      expect(await list()).toEqual([
        ['2027h1', true],
        ['2026h2', false],
      ]);
      expect(await shards.open('lands', 'org_other')).toMatchObject({ value: { owner: OWNER } });
    }));

  test('a clock that runs backwards opens no earlier one', () =>
    withShards(async ({ shards, other, clock, list }) => {
      await shards.open('lands', OWNER);
      clock.set('2026-03-01T00:00:00Z');
      expect(await originFor(shards)).toBe('log.test/log/lands/2026h2');
      expect(await originFor(other('2025-01-01T00:00:00Z'))).toBe('log.test/log/lands/2026h2');
      expect(await list()).toEqual([['2026h2', true]]);
    }));

  test('processes that meet the new half-year at once open it once', () =>
    withShards(async ({ shards, other, list }) => {
      await shards.open('lands', OWNER);
      const later = Array.from({ length: 8 }, () => other('2027-02-01T00:00:00Z'));
      const origins = await Promise.all(later.map((one) => originFor(one)));
      expect(new Set(origins)).toEqual(new Set(['log.test/log/lands/2027h1']));
      expect(await list()).toEqual([
        ['2027h1', true],
        ['2026h2', false],
      ]);
    }));

  test('one that has to end early has a successor, until the half-year is over', () =>
    withShards(async ({ shards, clock, list }) => {
      await shards.open('lands', OWNER);
      expect(await shards.succeed('log.test/log/lands/2026h2')).toMatchObject({
        value: { shard: '2026h2-1', owner: OWNER },
      });
      expect(await originFor(shards)).toBe('log.test/log/lands/2026h2-1');
      expect(await shards.succeed('log.test/log/lands/2026h2')).toMatchObject({
        refusal: { code: 'ledger.log-unknown' },
      });
      clock.set('2027-01-02T00:00:00Z');
      expect(await originFor(shards)).toBe('log.test/log/lands/2027h1');
      expect(await list()).toEqual([
        ['2027h1', true],
        ['2026h2-1', false],
        ['2026h2', false],
      ]);
    }));

  test('nobody else’s log is made by asking for it', () =>
    withShards(async ({ shards, list }) => {
      expect(await shards.current('nobody')).toMatchObject({ refusal: { code: 'ledger.log-unknown' } });
      expect(await shards.open('No Body', null)).toMatchObject({
        refusal: { code: 'ledger.tenant-malformed' },
      });
      expect(await originFor(shards, 'evidence')).toBe('log.test/log/evidence/2026h2');
      expect(await list()).toEqual([['2026h2', true]]);
    }));
});
