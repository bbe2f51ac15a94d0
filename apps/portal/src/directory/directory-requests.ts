import type { Change, ChangeKind, Organisation, PurposeTemplate } from '@praya/directory/contract';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, ProblemError, post } from '../api/request.ts';

/** The directory may name the officers too; where it does not, the page leaves them out. */
export type OrganisationDetail = Organisation & {
  readonly officers?: readonly { readonly personId: string; readonly roles: readonly string[] }[];
};

export const OFFICERS = ['administrator', 'directory.maker', 'directory.checker'] as const;

export function organisationQuery(id: string) {
  return queryOptions({
    queryKey: ['organisation', id],
    queryFn: ({ signal }) =>
      get<OrganisationDetail>(`/api/directory/organisations/${encodeURIComponent(id)}`, signal),
  });
}

export const purposesQuery = queryOptions({
  queryKey: ['purposes'],
  queryFn: ({ signal }) => get<{ items: PurposeTemplate[] }>('/api/directory/purposes', signal),
  staleTime: 300_000,
});

export type Proposal = {
  readonly kind: ChangeKind;
  readonly organisationId: string | null;
  readonly payload: object;
};

/** Proposes a change; it has no effect until another officer approves it. */
export function usePropose() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (proposal: Proposal) => post<Change>('/api/directory/changes', proposal),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['changes'] }),
  });
}

/** Whether the server found fault with this member of a payload. */
export function hasFault(error: unknown, member: string): boolean {
  return error instanceof ProblemError && error.fields.some(({ field }) => field.split('/').includes(member));
}
