import type { ConsentView } from '@praya/consent/contract';
import type { ActView } from '@praya/exchange/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ActCard } from '../activity/act-card.tsx';
import { usePages } from '../api/pages.ts';
import { get, ProblemError } from '../api/request.ts';
import { termsOf } from '../consent/terms.ts';
import { NotFound } from '../errors/error-pages.tsx';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Facts } from '../parts/facts.tsx';
import { Card, List, Page, Row, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ConsentControls } from './consent-controls.tsx';
import { ConsentStateBadge } from './consent-state.tsx';
import { Deliveries } from './deliveries.tsx';
import styles from './sharing.module.css';

/** One grant: what it says, what was done under it, and the means to end it. */
export function ConsentPage() {
  const { t } = useLanguage();
  const { consentId } = useParams({ strict: false });
  return (
    <SignedIn title={t('sharing.title')}>
      <OneConsent id={consentId ?? ''} />
    </SignedIn>
  );
}

function OneConsent(props: { readonly id: string }) {
  const { t, say } = useLanguage();
  const path = `/api/consents/${encodeURIComponent(props.id)}`;
  const { data, error, refetch } = useQuery({
    queryKey: ['consent', props.id],
    queryFn: ({ signal }) => get<ConsentView>(path, signal),
  });
  if (error instanceof ProblemError && (error.status === 404 || error.status === 400)) return <NotFound />;
  if (data === undefined) {
    return (
      <Page title={t('sharing.title')}>
        {error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page title={say(data.recipient.name)} back={{ to: '/data', label: t('sharing.title') }}>
      <Grant consent={data} />
      <ConsentControls consent={data} />
      <Acts id={data.id} />
      <Deliveries id={data.id} revision={data.revision} />
    </Page>
  );
}

function Grant(props: { readonly consent: ConsentView }) {
  const { consent } = props;
  const tools = useLanguage();
  const { t, say, language } = tools;
  const given = consent.decidedAt;
  return (
    <Card>
      <Row>
        <ConsentStateBadge state={consent.state} />
        {given !== null && (
          <Soft small>{t('sharing.decided', { date: formatInstant(given, language) })}</Soft>
        )}
      </Row>
      <p>{t(`sharing.plain.${consent.state}`, { recipient: say(consent.recipient.name) })}</p>
      <Facts
        facts={[{ term: t('consent.why'), value: say(consent.purpose.text) }, ...termsOf(consent, tools)]}
      />
      {consent.services.map((service) => (
        <section className={styles.entry} key={service.id}>
          <h2>{say(service.title)}</h2>
          <Soft small>{t('consent.from', { provider: say(service.provider.name) })}</Soft>
          <ul className={styles.fields}>
            {service.fields.map((field) => (
              <li key={field.name}>{say(field.title)}</li>
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}

function Acts(props: { readonly id: string }) {
  const { t } = useLanguage();
  const pages = usePages<ActView>({
    key: ['acts', props.id],
    path: `/api/consents/${encodeURIComponent(props.id)}/acts`,
    limit: 10,
  });
  return (
    <Section title={t('acts.title')}>
      <Soft>{t('acts.lead')}</Soft>
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {pages.items?.length === 0 && <Soft>{t('acts.none')}</Soft>}
      {pages.items !== undefined && pages.items.length > 0 && (
        <List>
          {pages.items.map((act) => (
            <li key={act.id}>
              <ActCard act={act} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </Section>
  );
}
