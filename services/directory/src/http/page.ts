import { Type } from 'typebox';

const PAGE = 20;
const PAGE_MAX = 100;

/** How many are asked for at once, and after which. */
export const PageQuery = {
  after: Type.Optional(Type.String({ maxLength: 60 })),
  limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE }),
};

/** A page of items with the id to go on from; one more than shown has been read, to know whether there is more. */
export function pageOf<T extends { readonly id: string }>(
  read: readonly T[],
  limit: number,
): { items: T[]; next: string | null } {
  const items = read.slice(0, limit);
  return { items, next: read.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Query members that were not given, left out. */
export function given<T extends object>(query: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
