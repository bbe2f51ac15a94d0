import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { get, withQuery } from './request.ts';

type PageOf<T> = { readonly items: readonly T[]; readonly next: string | null };

/** A list that the server answers page by page. */
export function usePages<T>(about: {
  readonly key: QueryKey;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly limit?: number;
  readonly enabled?: boolean;
  /** how the room calls the place to go on from */
  readonly cursor?: 'after' | 'cursor';
}) {
  const { key, path, query = {}, limit = 20, enabled = true, cursor = 'after' } = about;
  const pages = useInfiniteQuery({
    queryKey: key,
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      get<PageOf<T>>(withQuery(path, { ...query, [cursor]: pageParam, limit }), signal),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return { ...pages, items: pages.data?.pages.flatMap((page) => page.items) };
}
