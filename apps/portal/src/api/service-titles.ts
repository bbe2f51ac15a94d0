import type { DataService } from '@praya/exchange/contract';
import type { LocalisedText } from '@praya/kernel/language';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './request.ts';

export const servicesQuery = queryOptions({
  queryKey: ['services'],
  queryFn: ({ signal }) =>
    get<{ items: DataService[]; next: string | null }>('/exchange/v1/services?limit=100', signal),
  staleTime: 300_000,
});

/** The title of a data service by its id; null where the catalogue does not know it. */
export function useServiceTitles(): (id: string) => LocalisedText | null {
  const { data } = useQuery(servicesQuery);
  return (id) => data?.items.find((service) => service.id === id)?.title ?? null;
}
