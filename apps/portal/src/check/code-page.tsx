import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { get, ProblemError } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { ButtonLink } from '../parts/button.tsx';
import { Page } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { PublicCheck } from '../proof/notarisation.ts';
import { normaliseCode } from './check-code.ts';
import { CheckResult, Unknown } from './check-result.tsx';

/** Where the QR code of a certificate leads. Asked anew each time: what held yesterday may be revoked today. */
export function CodePage() {
  const { t } = useLanguage();
  const { code = '' } = useParams({ strict: false });
  const known = normaliseCode(code);
  return (
    <Page title={t('check.result')}>
      {known === null ? <NoSuchCode /> : <Asked code={known} />}
      <p>
        <ButtonLink to="/check" look="secondary">
          {t('check.another')}
        </ButtonLink>
      </p>
    </Page>
  );
}

function Asked(props: { readonly code: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['check', props.code],
    queryFn: ({ signal }) => get<PublicCheck>(`/notary/v1/checks/${props.code}`, signal),
    staleTime: 0,
    gcTime: 0,
  });
  if (error instanceof ProblemError && error.status === 404) return <NoSuchCode />;
  if (error !== null) return <Trouble error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return <CheckResult check={data} onAgain={refetch} />;
}

function NoSuchCode() {
  const { t } = useLanguage();
  return <Unknown title={t('check.noCode')} lead={t('check.noCodeLead')} />;
}
