import type { BulkView, NotarisationReceipt } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../api/request.ts';
import type { NotaryPath } from './offices.ts';

export type { NotarisationReceipt };

const RUNNING_EVERY_MS = 1000;

export function recordQuery(path: NotaryPath, id: string) {
  return queryOptions({
    queryKey: ['notary-record', id],
    queryFn: ({ signal }) => get<NotaryRecord>(path(`/records/${encodeURIComponent(id)}`), signal),
  });
}

/** The receipt of a record as it stands at a revision. */
export function receiptQuery(path: NotaryPath, record: NotaryRecord) {
  return queryOptions({
    queryKey: ['notary-receipt', record.id, record.revision],
    queryFn: ({ signal }) => get<NotarisationReceipt>(path(`/records/${record.id}/receipt`), signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function bulkQuery(path: NotaryPath, id: string) {
  return queryOptions({
    queryKey: ['notary-bulk', id],
    queryFn: ({ signal }) => get<BulkView>(path(`/bulk/${encodeURIComponent(id)}`), signal),
    refetchInterval: ({ state }) => (state.data?.state === 'done' ? false : RUNNING_EVERY_MS),
  });
}

type Deed = { readonly deed: 'state' | 'decision' | 'erase'; readonly body: object };

/** Changes a record; the answer is the record as it is from then on. */
export function useRecordDeed(path: NotaryPath, id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ deed, body }: Deed) => post<NotaryRecord>(path(`/records/${id}/${deed}`), body),
    onSuccess: (record) => {
      queries.setQueryData(['notary-record', id], record);
      void queries.invalidateQueries({ queryKey: ['notary-records'] });
      void queries.invalidateQueries({ queryKey: ['notary-inbox'] });
    },
    // somebody else changed it in between: what is there now is shown beside the refusal
    onError: () => void queries.invalidateQueries({ queryKey: ['notary-record', id] }),
  });
}
