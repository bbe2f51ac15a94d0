import type { CheckpointView, LogProof, LogView } from '@praya/ledger/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call, get, withQuery } from '../api/request.ts';

export type { CheckpointView, LogProof, LogView };

export type LogName = { readonly tenant: string; readonly shard: string };

/** How often the page looks again while somebody watches. Units: milliseconds. */
const EVERY_MS = 5_000;
const PAGE = 10;
/** How many checkpoints the drawing looks back on. */
const DRAWN = 100;

type CheckpointPage = { items: CheckpointView[]; next: number | null };

export const logsQuery = queryOptions({
  queryKey: ['logs'],
  queryFn: ({ signal }) => get<{ items: LogView[] }>('/ledger/v1/logs', signal),
  refetchInterval: EVERY_MS,
});

/** Where the explorer asks about a shard. */
export function logPath({ tenant, shard }: LogName): string {
  return `/ledger/v1/logs/${encodeURIComponent(tenant)}/${encodeURIComponent(shard)}`;
}

/** The published checkpoints of a shard, the newest first. */
export function checkpointsQuery(log: LogName) {
  return infiniteQueryOptions({
    queryKey: ['checkpoints', log.tenant, log.shard],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      get<CheckpointPage>(
        withQuery(`${logPath(log)}/checkpoints`, { before: pageParam, limit: PAGE }),
        signal,
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

/** A file of the log as every monitor reads it, by its path below the log's prefix. */
export async function readLogFile(log: LogName, path: string): Promise<Uint8Array> {
  const response = await call(`/log/${log.tenant}/${log.shard}/${path}`, {});
  return new Uint8Array(await response.arrayBuffer());
}

/** The newest checkpoints, as many as the drawing has room for. */
export function growthQuery(log: LogName) {
  return queryOptions({
    queryKey: ['growth', log.tenant, log.shard],
    queryFn: ({ signal }) =>
      get<CheckpointPage>(withQuery(`${logPath(log)}/checkpoints`, { limit: DRAWN }), signal),
    refetchInterval: 6 * EVERY_MS,
  });
}
