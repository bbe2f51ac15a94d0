import { describe, expect, it } from 'vitest';
import { endOf, isTenant, originOf, shardAt, successorOf } from './shard-name.ts';

describe('a shard', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026h1'],
    ['2026-06-30T23:59:59.999Z', '2026h1'],
    ['2026-07-01T00:00:00Z', '2026h2'],
    // New Year in Hong Kong is still the old year in UTC
    ['2026-12-31T16:00:00Z', '2026h2'],
    ['2027-01-01T00:00:00Z', '2027h1'],
  ])('of %s is %s', (at, shard) => {
    expect(shardAt(new Date(at))).toBe(shard);
  });

  it('sorts as time does', () => {
    const instants = ['2025-12-31', '2026-01-01', '2026-08-01', '2031-03-01', '2100-11-01'];
    const shards = instants.map((at) => shardAt(new Date(at)));
    expect(shards.toSorted()).toEqual(shards);
  });

  it('that ends early has a successor, which lasts until the half-year is over', () => {
    expect(successorOf('2026h2')).toBe('2026h2-1');
    expect(successorOf('2026h2-1')).toBe('2026h2-2');
    expect(['2026h2', '2026h2-1', '2027h1'].toSorted()).toEqual(['2026h2', '2026h2-1', '2027h1']);
  });

  it.each(['2026h1', '2026h2', '2026h2-1', '2027h1'])('%s ends where the next half-year begins', (shard) => {
    const [halfYear = ''] = shard.split('-');
    expect(shardAt(new Date(endOf(shard) - 1))).toBe(halfYear);
    expect(shardAt(new Date(endOf(shard))) > shard).toBe(true);
  });

  it('has an origin below its host', () => {
    expect(originOf({ host: 'praya.example:8080', tenant: 'evidence', shard: '2026h2' })).toBe(
      'praya.example:8080/log/evidence/2026h2',
    );
  });
});

describe('a tenant', () => {
  it.each(['evidence', 'a', '0', 'lands-registry', 'x'.repeat(40)])('may be called %s', (word) => {
    expect(isTenant(word)).toBe(true);
  });

  it.each(['', '-a', 'Evidence', 'a_b', 'a/b', 'a b', 'é', 'x'.repeat(41), 'a\n'])(
    'may not be called %j',
    (word) => {
      expect(isTenant(word)).toBe(false);
    },
  );
});
