import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { formatInstant, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { TextField } from '../parts/field.tsx';
import { Card, Row, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { CheckpointList } from './checkpoint-list.tsx';
import styles from './explorer.module.css';
import { checkpointsQuery, growthQuery, type LogView } from './explorer-requests.ts';
import { GrowthChart } from './growth-chart.tsx';
import { shardName, tenantName } from './log-names.ts';
import { WitnessList } from './witness-list.tsx';

/** One shard: where it stands, how it grew, its witnesses, its checkpoints. */
export function LogDetail(props: { readonly log: LogView }) {
  const { log } = props;
  const { t } = useLanguage();
  const growth = useQuery(growthQuery(log));
  const pages = useInfiniteQuery(checkpointsQuery(log));
  const checkpoints = pages.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <Standing log={log} />
      <Section title={t('explorer.growth')}>
        {growth.error !== null && <Trouble error={growth.error} onRetry={() => void growth.refetch()} />}
        {growth.isPending && <Loading />}
        {growth.data !== undefined && (
          <GrowthChart
            checkpoints={growth.data.items}
            openedAt={growth.data.next === null ? log.openedAt : null}
          />
        )}
      </Section>
      <Section
        title={t('explorer.witnesses')}
        aside={log.quorum.of > 0 && <Badge tone="water">{t('explorer.quorum', { ...log.quorum })}</Badge>}
      >
        <WitnessList witnesses={log.witnesses} expected={log.quorum.of} />
      </Section>
      <WalkForm log={log} />
      <Section title={t('explorer.checkpoints')}>
        <Soft>{t('explorer.checkpointsLead')}</Soft>
        {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.isPending && <Loading />}
        {checkpoints !== undefined && <CheckpointList log={log} checkpoints={checkpoints} pages={pages} />}
      </Section>
      <Section title={t('explorer.identity')}>
        <Card>
          <Facts
            facts={[
              { term: t('explorer.origin'), value: <code>{log.origin}</code> },
              { term: t('explorer.key'), value: <code>{log.vkey}</code> },
              {
                term: t('explorer.files'),
                value: (
                  <a href={`/log/${log.tenant}/${log.shard}/checkpoint`}>
                    {`/log/${log.tenant}/${log.shard}/checkpoint`}
                  </a>
                ),
              },
            ]}
          />
        </Card>
      </Section>
    </>
  );
}

function Standing(props: { readonly log: LogView }) {
  const { log } = props;
  const { t, language } = useLanguage();
  const waiting = log.sequenced - log.published;
  return (
    <section className={styles.standing} aria-labelledby="standing">
      <Row between>
        <h2 id="standing">
          {tenantName(log.tenant, t)} · {shardName(log.shard, t)}
        </h2>
        <StateBadge log={log} />
      </Row>
      {log.halted !== null && (
        <Notice tone="bad" live={false} title={t('explorer.halted')}>
          <p>{t('explorer.haltedLead')}</p>
        </Notice>
      )}
      <dl className={styles.figures}>
        <div className={styles.figure}>
          <dt>{t('explorer.published')}</dt>
          <dd className={styles.large}>{formatNumber(log.published, language)}</dd>
        </div>
        <div className={styles.figure}>
          <dt>{t('explorer.waiting')}</dt>
          <dd className={styles.large}>{formatNumber(waiting, language)}</dd>
        </div>
        <div className={styles.figure}>
          <dt>{t('explorer.publishedAt')}</dt>
          <dd>
            {log.publishedAt === null ? (
              t('explorer.never')
            ) : (
              <time dateTime={log.publishedAt}>{formatInstant(log.publishedAt, language)}</time>
            )}
          </dd>
        </div>
        <div className={styles.figure}>
          <dt>{t(log.closedAt === null ? 'explorer.openedAt' : 'explorer.closedAt')}</dt>
          <dd>{formatInstant(log.closedAt ?? log.openedAt, language)}</dd>
        </div>
      </dl>
      <Soft small>{t('explorer.means')}</Soft>
    </section>
  );
}

function StateBadge(props: { readonly log: LogView }) {
  const { t } = useLanguage();
  const { halted, closedAt, quorum, witnesses, sequenced } = props.log;
  if (halted !== null) return <Badge tone="bad">{t('explorer.state.halted')}</Badge>;
  if (closedAt !== null) return <Badge>{t('explorer.state.closed')}</Badge>;
  if (sequenced === 0) return <Badge>{t('explorer.state.empty')}</Badge>;
  const well = witnesses.filter(({ trouble }) => trouble === null).length;
  if (well < quorum.need) return <Badge tone="wary">{t('explorer.state.waiting')}</Badge>;
  return (
    <Badge tone="good" icon="check">
      {t('explorer.state.well')}
    </Badge>
  );
}

function WalkForm(props: { readonly log: LogView }) {
  const { log } = props;
  const { t, language } = useLanguage();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const last = log.published - 1;
  if (last < 0) return null;
  const digits = typed.replaceAll(/[\s,]/g, '');
  const index = /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  const fits = index !== null && index <= last;
  const go = (place: number) =>
    navigate({
      to: '/explorer/$tenant/$shard/proof/$index',
      params: { tenant: log.tenant, shard: log.shard, index: String(place) },
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (fits) void go(index);
  };
  return (
    <Section title={t('explorer.walk')}>
      <Card>
        <Soft>{t('explorer.walkLead')}</Soft>
        <form className={styles.walkForm} onSubmit={submit} noValidate>
          <TextField
            label={t('explorer.entry')}
            hint={t('explorer.entryHint', { last: formatNumber(last, language) })}
            value={typed}
            onChange={setTyped}
            error={
              tried && !fits ? t('explorer.entryWrong', { last: formatNumber(last, language) }) : undefined
            }
            maxLength={20}
          />
          <Row>
            <Button type="submit">{t('explorer.walkGo')}</Button>
            <Button look="secondary" onPress={() => void go(last)}>
              {t('explorer.walkLast')}
            </Button>
          </Row>
        </form>
      </Card>
    </Section>
  );
}
