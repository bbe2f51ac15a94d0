const TENANT = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** The half-year of an instant in UTC, `2026h2`. Names sort as time does. */
export function shardAt(at: Date): string {
  return `${String(at.getUTCFullYear()).padStart(4, '0')}h${at.getUTCMonth() < 6 ? 1 : 2}`;
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
