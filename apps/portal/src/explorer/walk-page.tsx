import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { NotFound } from '../errors/error-pages.tsx';
import { formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Page, Row, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import type { LogName } from './explorer-requests.ts';
import { shardName, tenantName } from './log-names.ts';
import { arrivalOf } from './proof-steps.ts';
import styles from './walk.module.css';
import { Comparison } from './walk-comparison.tsx';
import { Ladder } from './walk-ladder.tsx';
import { type Walk, walkQuery } from './walk-query.ts';

/** One proof, from the entry to the signed checkpoint, every hash computed by this browser. */
export function WalkPage() {
  const { tenant = '', shard = '', index = '' } = useParams({ strict: false });
  const place = /^\d{1,15}$/.test(index) ? Number(index) : null;
  if (place === null || !Number.isSafeInteger(place)) return <NotFound />;
  return <Loaded key={`${tenant}/${shard}/${place}`} log={{ tenant, shard }} index={place} />;
}

function Loaded(props: { readonly log: LogName; readonly index: number }) {
  const { log, index } = props;
  const { t, language } = useLanguage();
  const { data: walk, error, refetch } = useQuery(walkQuery(log, index));
  return (
    <Page
      title={t('walk.title', { index: formatNumber(index, language) })}
      lead={t('walk.lead')}
      back={{
        to: `/explorer/${log.tenant}/${log.shard}`,
        label: `${tenantName(log.tenant, t)} · ${shardName(log.shard, t)}`,
      }}
    >
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {walk === undefined && error === null && <Loading label={t('walk.fetching')} />}
      {walk !== undefined && <Stepper walk={walk} />}
    </Page>
  );
}

function Stepper(props: { readonly walk: Walk }) {
  const { walk } = props;
  const { t } = useLanguage();
  const last = walk.steps.length;
  const [reached, setReached] = useState(0);
  const arrived = reached >= last;
  return (
    <>
      {last > 0 && (
        <div className={styles.controls}>
          <Row>
            <Button disabled={arrived} onPress={() => setReached(reached + 1)}>
              {t('walk.next')}
            </Button>
            <Button look="secondary" disabled={reached === 0} onPress={() => setReached(reached - 1)}>
              {t('walk.back')}
            </Button>
            <Button look="quiet" onPress={() => setReached(arrived ? 0 : last)}>
              {t(arrived ? 'walk.restart' : 'walk.all')}
            </Button>
          </Row>
          <div role="status">
            <Soft small>{t(arrived ? 'walk.arrived' : 'walk.at', { at: reached, last })}</Soft>
          </div>
        </div>
      )}
      <Ladder walk={walk} reached={reached} />
      {arrived && <Comparison walk={walk} arrival={arrivalOf(walk.leaf, walk.steps)} />}
    </>
  );
}
