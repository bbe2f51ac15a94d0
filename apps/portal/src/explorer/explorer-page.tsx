import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { NotFound } from '../errors/error-pages.tsx';
import { formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './explorer.module.css';
import { type LogView, logsQuery } from './explorer-requests.ts';
import { LogDetail } from './log-detail.tsx';
import { shardName, tenantName } from './log-names.ts';

/** The public logs: how large they are, how they grow, who watches them. Open to everybody. */
export function ExplorerPage() {
  const { t } = useLanguage();
  const { tenant, shard } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(logsQuery);
  const logs = data?.items;
  const chosen =
    tenant === undefined
      ? (logs?.find(({ published }) => published > 0) ?? logs?.[0])
      : logs?.find((log) => log.tenant === tenant && log.shard === shard);
  if (logs !== undefined && tenant !== undefined && chosen === undefined) return <NotFound />;
  return (
    <Page title={t('explorer.title')} lead={t('explorer.lead')}>
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {logs === undefined && error === null && <Loading />}
      {logs?.length === 0 && (
        <Notice live={false} title={t('explorer.none')}>
          <p>{t('explorer.noneLead')}</p>
        </Notice>
      )}
      {logs !== undefined && logs.length > 0 && <Logs logs={logs} chosen={chosen?.origin} />}
      {chosen !== undefined && <LogDetail key={chosen.origin} log={chosen} />}
    </Page>
  );
}

function Logs(props: { readonly logs: readonly LogView[]; readonly chosen: string | undefined }) {
  const { t, language } = useLanguage();
  return (
    <nav aria-label={t('explorer.logs')}>
      <ul className={styles.logs}>
        {props.logs.map((log) => (
          <li key={log.origin}>
            <Link
              className={classNames(styles.log, log.origin === props.chosen && styles.chosen)}
              to="/explorer/$tenant/$shard"
              params={{ tenant: log.tenant, shard: log.shard }}
              resetScroll={false}
              {...(log.origin === props.chosen && { 'aria-current': 'true' as const })}
            >
              <span className={styles.logName}>{tenantName(log.tenant, t)}</span>
              <span className={styles.logSize}>{formatNumber(log.published, language)}</span>
              <Soft small>
                {shardName(log.shard, t)}
                {log.halted !== null && ` · ${t('explorer.state.halted')}`}
                {log.halted === null && log.closedAt !== null && ` · ${t('explorer.state.closed')}`}
              </Soft>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
