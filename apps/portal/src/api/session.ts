import type { LocalisedText } from '@praya/kernel/language';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, post } from './request.ts';

export type Office = {
  readonly organisationId: string;
  readonly name: LocalisedText;
  readonly roles: readonly string[];
};
export type Session = {
  readonly person: { readonly id: string; readonly offices: readonly Office[] } | null;
  readonly demonstration: boolean;
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<Session>('/session', signal),
  staleTime: 60_000,
});

export function useSession() {
  return useQuery(sessionQuery);
}

export function signInPath(returnTo: string): string {
  return `/session/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
}

export async function signOut(): Promise<void> {
  const { redirectTo } = await post<{ redirectTo: string }>('/session/sign-out');
  location.assign(redirectTo);
}

export function holdsRole(session: Session | undefined, ...roles: readonly string[]): boolean {
  return (
    session?.person?.offices.some((office) => office.roles.some((role) => roles.includes(role))) ?? false
  );
}
