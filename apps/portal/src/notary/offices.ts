import { useSyncExternalStore } from 'react';
import { withQuery } from '../api/request.ts';
import { type Office, useSession } from '../api/session.ts';

const NOTARY = 'notary';
export const NOTARIES = [NOTARY] as const;

// For which organisation an officer of several works now: one choice for all pages of this tab.
const PLACE = 'praya.notary.organisation';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The organisations for which the officer notarises, and the one for which she does it now. */
export function useOffices(): {
  readonly offices: readonly Office[];
  readonly current: Office | undefined;
  readonly choose: (organisation: string) => void;
} {
  const { data: session } = useSession();
  const chosen = useSyncExternalStore(subscribe, () => sessionStorage.getItem(PLACE));
  const offices = (session?.person?.offices ?? []).filter(({ roles }) => roles.includes(NOTARY));
  const current = offices.find(({ organisationId }) => organisationId === chosen) ?? offices[0];
  const choose = (organisation: string) => {
    sessionStorage.setItem(PLACE, organisation);
    for (const listener of listeners) listener();
  };
  return { offices, current, choose };
}

export type NotaryPath = (path: string, query?: Readonly<Record<string, string | undefined>>) => string;

/** A path of the notary; an officer of several organisations says for which. */
export function useNotaryPath(): NotaryPath {
  const { offices, current } = useOffices();
  const organisation = offices.length > 1 ? current?.organisationId : undefined;
  return (path, query = {}) => withQuery(`/notary/v1${path}`, { ...query, organisation });
}
