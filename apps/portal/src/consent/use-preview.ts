import type { ConsentView } from '@praya/consent/contract';
import type { TrustList } from '@praya/verifier/trust-list';
import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { ProblemError } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';
import { trustListQuery } from '../proof/trust.ts';
import { previewKey } from '../sign-in/preview-key.ts';
import { askPreview } from './consent-requests.ts';
import { openPreview } from './preview.ts';

// No sign-in in this interaction authorised a key, or the one that did is older than 15 minutes.
const NEED_A_TAP = ['exchange.preview-not-authorised', 'identity.challenge-expired'];

export type ServiceView = ConsentView['services'][number];

/** The values of one service, asked for once when the page opens: each showing is an act on her page. */
export function usePreview(about: { uid: string; service: ServiceView }) {
  const { data: trust } = useQuery(trustListQuery);
  return useQuery(previewQuery({ ...about, trust }));
}

/** Whether the sign-in did not authorise this browser's key, so that one more tap is needed to show values. */
export function useTapNeeded(uid: string, consent: ConsentView): boolean {
  const { data: trust } = useQuery(trustListQuery);
  const previews = useQueries({
    queries: consent.services.map((service) => previewQuery({ uid, service, trust })),
  });
  return previews.some(({ error }) => isTapNeeded(error));
}

export function isTapNeeded(error: unknown): boolean {
  if (error instanceof SaidError) return error.key === 'preview.tap';
  return error instanceof ProblemError && NEED_A_TAP.includes(error.code);
}

function previewQuery(about: { uid: string; service: ServiceView; trust: TrustList | undefined }) {
  const { uid, service, trust } = about;
  return queryOptions({
    queryKey: ['interaction', uid, 'preview', service.id],
    enabled: trust !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    retryOnMount: false,
    refetchOnReconnect: false,
    queryFn: async () => {
      if (trust === undefined) throw new Error('The trust list is not loaded');
      const asked = {
        service: service.id,
        provider: service.provider.id,
        fields: service.fields.map(({ name }) => name),
        subject: service.subject,
      };
      return openPreview({
        sealed: await askPreview(uid, service.id),
        asked,
        trust,
        key: await previewKey(),
      });
    },
  });
}
