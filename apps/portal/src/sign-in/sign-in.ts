import type { InteractionView, SignInStatement } from '@praya/identity/contract';
import type { Language } from '@praya/kernel/language';
import { queryOptions } from '@tanstack/react-query';
import { get, post } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';
import {
  type CreationOptions,
  createPasskey,
  type RequestOptions,
  signWithPasskey,
} from '../passkey/authenticator.ts';
import { createDemonstrationPasskey } from '../passkey/demonstration-passkey.ts';
import { previewKey } from './preview-key.ts';
import { isOurStatement } from './statement.ts';

/** What follows a step: the next one on this page, or another place. */
export type NextStep = { readonly step: 'consent' } | { readonly redirectTo: string };

export function interactionPath(uid: string): string {
  return `/interaction/${encodeURIComponent(uid)}`;
}

export function interactionQuery(uid: string) {
  return queryOptions({
    queryKey: ['interaction', uid],
    queryFn: ({ signal }) => get<InteractionView>(`${interactionPath(uid)}/details`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One tap: the passkey signs a statement that names this browser's preview key, checked here before it signs. */
export async function signIn(uid: string): Promise<NextStep> {
  const key = await previewKey();
  const path = `${interactionPath(uid)}/sign-in`;
  const offered = await post<{ statement: SignInStatement; options: RequestOptions }>(`${path}/options`, {
    previewKey: key.publicKey,
  });
  const { statement, options } = offered;
  const expected = { issuer: location.origin, previewKey: key.publicKey };
  if (!(await isOurStatement({ statement, challenge: options.challenge }, expected))) {
    throw new SaidError('signIn.statementWrong');
  }
  const response = await signWithPasskey(options);
  return post<NextStep>(path, { statement, response });
}

export function enrolmentOptions(about: {
  uid: string;
  code: string;
}): Promise<{ options: CreationOptions }> {
  return post(`${interactionPath(about.uid)}/enrolment/options`, { code: about.code });
}

export async function enrol(about: {
  uid: string;
  code: string;
  name: string;
  options: CreationOptions;
  software: boolean;
}): Promise<NextStep> {
  const { uid, code, name, options, software } = about;
  const response = await (software ? createDemonstrationPasskey(options) : createPasskey(options));
  return post<NextStep>(`${interactionPath(uid)}/enrolment`, { code, response, name });
}

export async function abort(uid: string): Promise<void> {
  const { redirectTo } = await post<{ redirectTo: string }>(`${interactionPath(uid)}/abort`);
  location.assign(redirectTo);
}

type DemonstrationResident = {
  readonly index: number;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly note: Readonly<Record<Language, string>>;
  readonly passkey: {
    readonly credentialId: string;
    readonly userHandle: string | null;
    readonly privateKey: { kty: 'EC'; crv: 'P-256'; x: string; y: string; d: string };
  };
};

export const demonstrationResidentsQuery = queryOptions({
  queryKey: ['demonstration-residents'],
  queryFn: ({ signal }) => get<{ items: DemonstrationResident[] }>('/api/demonstration/residents', signal),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});
