const TENANT = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The half-year of an instant in UTC, `2026h2`. Names sort as time does. */
export function shardAt(at: Date): string {
  return `${String(at.getUTCFullYear()).padStart(4, '0')}h${at.getUTCMonth() < 6 ? 1 : 2}`;
}

/** When the half-year of a shard is over. Units: ms since 1970. */
export function endOf(shard: string): number {
  return Date.UTC(Number(shard.slice(0, 4)), shard[5] === '1' ? 6 : 12);
}

/** The name of the shard that follows one which ends before its half-year does: `2026h2-1`, then `2026h2-2`. */
export function successorOf(shard: string): string {
  const [halfYear = '', count = '0'] = shard.split('-');
  return `${halfYear}-${Number(count) + 1}`;
}

/** Whether a word can name a tenant: lower-case letters, digits, hyphens, 40 at most. */
export function isTenant(word: string): boolean {
  return TENANT.test(word);
}

/** A log's name to the world, which is also where its files are, without the scheme. */
export function originOf(about: {
  readonly host: string;
  readonly tenant: string;
  readonly shard: string;
}): string {
  return `${about.host}/log/${about.tenant}/${about.shard}`;
}
