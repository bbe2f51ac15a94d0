import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ProblemError } from '../api/request.ts';
import { ConsentStep } from '../consent/consent-step.tsx';
import { useLanguage } from '../language/language-context.tsx';
import { ButtonLink } from '../parts/button.tsx';
import { Page } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { interactionQuery, type NextStep } from './sign-in.ts';
import { SignInStep } from './sign-in-step.tsx';

/** Where an application sends her: sign-in first, then, if it asked for data, the consent. */
export function InteractionPage() {
  const { uid } = useParams({ strict: false });
  return <Interaction uid={uid ?? ''} />;
}

function Interaction(props: { readonly uid: string }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const query = interactionQuery(props.uid);
  const { data: view, error, refetch } = useQuery(query);
  if (error instanceof ProblemError && error.status === 404) return <Gone />;
  if (error !== null) {
    return (
      <Page title={t('signIn.title')}>
        <Trouble error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (view === undefined) return <Loading />;
  const goOn = (next: NextStep) => {
    if ('redirectTo' in next) location.assign(next.redirectTo);
    else queries.setQueryData(query.queryKey, { ...view, step: 'consent' as const });
  };
  return view.step === 'consent' ? <ConsentStep view={view} /> : <SignInStep view={view} onNext={goOn} />;
}

function Gone() {
  const { t } = useLanguage();
  return (
    <Page title={t('interaction.gone')} lead={t('interaction.goneLead')}>
      <p>
        <ButtonLink to="/" look="secondary">
          {t('home.go')}
        </ButtonLink>
      </p>
    </Page>
  );
}
