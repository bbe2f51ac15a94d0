const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Where the rules are applied: a demonstration may use http on its own machine. */
export type Surroundings = { readonly production: boolean };

/**
 * What is wrong with an address that we will send people or data to; undefined where nothing is.
 * Addresses are compared letter by letter, so only the one normal spelling of each is taken.
 */
export function uriFault(text: string, surroundings: Surroundings): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.href !== text && url.href !== `${text}/`)) return 'normal';
  if (text.includes('#')) return 'fragment';
  if (url.username !== '' || url.password !== '') return 'user-info';
  if (text.includes('*')) return 'wildcard';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'scheme';
  return LOCAL_HOSTS.has(url.hostname) && !surroundings.production ? undefined : 'scheme';
}
