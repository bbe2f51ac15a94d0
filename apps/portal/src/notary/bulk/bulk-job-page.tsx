import type { BulkView } from '@praya/notary/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ProblemError } from '../../api/request.ts';
import { NotFound } from '../../errors/error-pages.tsx';
import { formatNumber } from '../../language/format.ts';
import { useLanguage } from '../../language/language-context.tsx';
import { ButtonAnchor, ButtonLink } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Card, Page, Row, Soft } from '../../parts/layout.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Progress } from '../../parts/progress.tsx';
import { SignedIn } from '../../parts/signed-in.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import styles from '../notary.module.css';
import { bulkQuery } from '../notary-requests.ts';
import { NOTARIES, useNotaryPath } from '../offices.ts';

/** One bulk: how far it is, then what came of it. It goes on when the page is closed. */
export function BulkJobPage() {
  const { t } = useLanguage();
  const { id } = useParams({ strict: false });
  return (
    <SignedIn title={t('bulk.title')} roles={NOTARIES}>
      <Loaded id={id ?? ''} />
    </SignedIn>
  );
}

function Loaded(props: { readonly id: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(bulkQuery(useNotaryPath(), props.id));
  if (error instanceof ProblemError && (error.status === 404 || error.status === 400)) return <NotFound />;
  return (
    <Page title={t('bulk.title')} back={{ to: '/notary', label: t('notary.title') }}>
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <Job job={data} />}
    </Page>
  );
}

function Job(props: { readonly job: BulkView }) {
  const { job } = props;
  const { t, language } = useLanguage();
  const path = useNotaryPath();
  const over = job.state === 'done';
  const settled = job.done + job.failures;
  return (
    <Card>
      <Progress
        label={t(over ? 'bulk.over' : 'bulk.running')}
        value={settled}
        max={job.total}
        said={t('bulk.settled', {
          done: formatNumber(settled, language),
          total: formatNumber(job.total, language),
        })}
      />
      {!over && <Soft>{t('bulk.goesOn')}</Soft>}
      {over && (
        <Notice tone={job.failures === 0 ? 'good' : 'wary'} title={t('bulk.done', { count: job.done })}>
          {job.failures > 0 && <p>{t('bulk.failed', { count: job.failures })}</p>}
        </Notice>
      )}
      {job.failed.length > 0 && (
        <ul className={styles.faults} aria-label={t('bulk.faults')}>
          {job.failed.map(({ row, code, field, rule }) => (
            <li key={`${row} ${code} ${field ?? ''}`}>
              <strong>{t('bulk.row', { row: String(row) })}</strong>{' '}
              <code>{[field, rule ?? code].filter(Boolean).join(' · ')}</code>
            </li>
          ))}
        </ul>
      )}
      {job.failures > job.failed.length && (
        <Soft small>{t('bulk.moreFaults', { count: job.failures - job.failed.length })}</Soft>
      )}
      {over && (
        <Row>
          <ButtonAnchor href={path(`/bulk/${job.id}/results.csv`)}>
            <Icon name="download" />
            {t('bulk.results')}
          </ButtonAnchor>
          <ButtonLink to="/notary" look="secondary">
            {t('bulk.toRecords')}
          </ButtonLink>
        </Row>
      )}
    </Card>
  );
}
