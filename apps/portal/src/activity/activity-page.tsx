import type { ActView } from '@praya/exchange/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { useLanguage } from '../language/language-context.tsx';
import { List, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { Select } from '../parts/select.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ActCard } from './act-card.tsx';

const KINDS = ['exchange', 'preview', 'consent'] as const;
type Filter = 'all' | (typeof KINDS)[number];

/** Everything that was done about her, latest first. */
export function ActivityPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('activity.title')}>
      <Page title={t('activity.title')} lead={t('activity.lead')}>
        <Acts />
      </Page>
    </SignedIn>
  );
}

function Acts() {
  const { t } = useLanguage();
  const [filter, setFilter] = useState<Filter>('all');
  const pages = usePages<ActView>({ key: ['acts'], path: '/api/acts' });
  const choices = [
    { value: 'all', label: t('activity.all') } as const,
    ...KINDS.map((value) => ({ value, label: t(`act.${value}`) })),
  ];
  const shown = pages.items?.filter(({ kind }) => filter === 'all' || kind === filter);
  return (
    <>
      <Select<Filter> label={t('activity.filter')} value={filter} choices={choices} onChange={setFilter} />
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {shown?.length === 0 && <Soft>{t(filter === 'all' ? 'activity.none' : 'nothingFound')}</Soft>}
      {shown !== undefined && shown.length > 0 && (
        <List>
          {shown.map((act) => (
            <li key={act.id}>
              <ActCard act={act} />
              {act.consentId !== null && (
                <Link to="/data/$consentId" params={{ consentId: act.consentId }}>
                  {t('act.toConsent')}
                </Link>
              )}
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}
