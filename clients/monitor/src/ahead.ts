/**
 * What `fetchOne` answers for each item, in order, with some of the next ones on their way already.
 *
 * Errors  throws what the fetching of an item threw when its turn comes; the rest is left alone
 */
export async function* ahead<I, O>(
  items: Iterable<I>,
  by: { readonly width: number; readonly fetchOne: (item: I) => Promise<O> },
): AsyncGenerator<O> {
  const waiting: Promise<O>[] = [];
  for (const item of items) {
    const one = by.fetchOne(item);
    // Its turn may come after another has failed; then nobody asks for it.
    one.catch(() => undefined);
    waiting.push(one);
    if (waiting.length >= by.width) yield await first(waiting);
  }
  while (waiting.length > 0) yield await first(waiting);
}

function first<O>(waiting: Promise<O>[]): Promise<O> {
  const one = waiting.shift();
  if (one === undefined) throw new RangeError('Nobody waits');
  return one;
}
