import type { NotaryRecord } from '@praya/notary/records/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ProblemError } from '../api/request.ts';
import { NotFound } from '../errors/error-pages.tsx';
import { formatInstant, formatValidity } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { type FactEntry, Facts } from '../parts/facts.tsx';
import { Card, Page, Row, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { DecisionForm } from './decision-form.tsx';
import { History } from './history.tsx';
import { ManifestTable } from './manifest-table.tsx';
import { recordQuery } from './notary-requests.ts';
import { NOTARIES, useNotaryPath, useOffices } from './offices.ts';
import { RecordControls } from './record-controls.tsx';
import { RecordFiles } from './record-files.tsx';
import { RecordStateBadge } from './record-state.tsx';
import { StepList } from './step-list.tsx';

/** One record: how it stands, its history, its proof, and the means to change it. */
export function RecordPage() {
  const { t } = useLanguage();
  const { id } = useParams({ strict: false });
  return (
    <SignedIn title={t('notary.title')} roles={NOTARIES}>
      <Loaded id={id ?? ''} />
    </SignedIn>
  );
}

function Loaded(props: { readonly id: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(recordQuery(useNotaryPath(), props.id));
  if (error instanceof ProblemError && (error.status === 404 || error.status === 400)) return <NotFound />;
  if (data !== undefined) return <Detail record={data} />;
  return (
    <Page title={t('notary.title')}>
      {error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Detail(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t } = useLanguage();
  const { offices } = useOffices();
  const own = offices.some(({ organisationId }) => organisationId === record.organisation);
  const erased = record.state === 'erased';
  return (
    <Page title={record.title ?? t('notary.erasedTitle')} back={{ to: '/notary', label: t('notary.title') }}>
      <Summary record={record} />
      <DecisionForm key={record.revision} record={record} />
      {own && !erased && <RecordControls record={record} />}
      {record.steps !== null && (
        <Section title={t('notary.steps')}>
          <StepList steps={record.steps} pending={record.state === 'pending'} />
        </Section>
      )}
      {!erased && (
        <Section title={t('notary.proof')}>
          <RecordFiles record={record} />
        </Section>
      )}
      {record.history.length > 0 && (
        <Section title={t('notary.history')}>
          <Soft>{t('notary.historyLead')}</Soft>
          <History record={record} />
        </Section>
      )}
    </Page>
  );
}

function Summary(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t, language } = useLanguage();
  const facts = useFacts(record);
  if (record.state === 'erased') {
    return (
      <Notice live={false} title={t('notary.erased')}>
        <p>{t('notary.erasedLead', { at: formatInstant(record.erasedAt ?? record.createdAt, language) })}</p>
      </Notice>
    );
  }
  return (
    <Card>
      <Row>
        <RecordStateBadge state={record.state} />
        <Badge>{t(`notary.kind.${record.kind}`)}</Badge>
      </Row>
      <p>{t(`notary.plain.${record.state}`)}</p>
      <Facts facts={facts} />
      {record.manifest !== null && (
        <Disclosure summary={`${t('notary.manifest')} (${t('notary.files', { count: record.files })})`}>
          <ManifestTable manifest={record.manifest} />
        </Disclosure>
      )}
    </Card>
  );
}

function useFacts(record: NotaryRecord): readonly FactEntry[] {
  const { t, language } = useLanguage();
  const { reference, holder, validFrom, validUntil, digest } = record;
  const day = (instant: string | null) => (instant === null ? null : formatValidity(instant, language));
  const facts: readonly { readonly term: string; readonly value: FactEntry['value'] | null }[] = [
    { term: t('notary.field.reference'), value: reference },
    { term: t('notary.field.holder'), value: holder },
    { term: t('notary.field.from'), value: day(validFrom) },
    { term: t('notary.field.until'), value: day(validUntil) },
    { term: t('notary.createdAt'), value: formatInstant(record.createdAt, language) },
    { term: t('notary.digest'), value: digest === null ? null : <code>{digest}</code> },
    { term: t('notary.public'), value: t(`notary.disclose.${record.disclose}`) },
  ];
  return facts.filter((fact): fact is FactEntry => fact.value !== null);
}
