import type { Translate } from '../language/text.ts';

/** What a log is for, in words; a department's own log goes by its short name. */
export function tenantName(tenant: string, t: Translate): string {
  if (tenant === 'evidence') return t('explorer.tenant.evidence');
  if (tenant === 'notary') return t('explorer.tenant.notary');
  return t('explorer.tenant.other', { tenant });
}

/** `2026h2` as a reader says it. */
export function shardName(shard: string, t: Translate): string {
  const [, year, half] = /^(\d{4})h([12])$/.exec(shard) ?? [];
  if (year === undefined) return shard;
  return t(half === '1' ? 'explorer.firstHalf' : 'explorer.secondHalf', { year });
}
