import type { ConsentDocument, ConsentView } from '@praya/consent/contract';
import type { Language } from '@praya/kernel/language';
import { queryOptions } from '@tanstack/react-query';
import { get, post } from '../api/request.ts';
import type { RequestOptions } from '../passkey/authenticator.ts';
import { interactionPath } from '../sign-in/sign-in.ts';

export type Chosen = Readonly<Record<string, readonly string[]>>;
export type NoticeDigest = { readonly locale: Language; readonly digest: string };
export type Prepared = {
  readonly document: ConsentDocument;
  readonly challenge: string;
  readonly options: RequestOptions;
};
export type SealedPreview = { readonly act: string; readonly response: string; readonly payload: string };
export type Redirect = { readonly redirectTo: string };

export function requestedConsentQuery(uid: string) {
  return queryOptions({
    queryKey: ['interaction', uid, 'consent'],
    queryFn: ({ signal }) => get<ConsentView>(`${interactionPath(uid)}/consent`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function askPreview(uid: string, service: string): Promise<SealedPreview> {
  return post(`${interactionPath(uid)}/preview`, { service });
}

export function prepareConsent(
  uid: string,
  choice: { optional: Chosen; notice: NoticeDigest },
): Promise<Prepared> {
  return post(`${interactionPath(uid)}/consent/prepare`, choice);
}

export function agreeToConsent(
  uid: string,
  signed: { document: ConsentDocument; response: unknown },
): Promise<Redirect> {
  return post(`${interactionPath(uid)}/consent/agree`, signed);
}

export function refuseConsent(uid: string): Promise<Redirect> {
  return post(`${interactionPath(uid)}/consent/refuse`);
}
