import type { ConsentView } from '@praya/consent/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { formatDate } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { List, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { Notice } from '../parts/notice.tsx';
import { Select } from '../parts/select.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ConsentStateBadge } from './consent-state.tsx';
import styles from './sharing.module.css';

const STATES = ['active', 'paused', 'revoked', 'expired', 'refused'] as const;
type Filter = 'all' | (typeof STATES)[number];

/** Who can see my data: every grant, the present ones first. */
export function SharingPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('sharing.title')}>
      <Page title={t('sharing.title')} lead={t('sharing.lead')}>
        <Consents />
      </Page>
    </SignedIn>
  );
}

function Consents() {
  const { t } = useLanguage();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const pages = usePages<ConsentView>({ key: ['consents'], path: '/api/consents', limit: 50 });
  if (pages.items === undefined) {
    return pages.error === null ? (
      <Loading />
    ) : (
      <Trouble error={pages.error} onRetry={() => void pages.refetch()} />
    );
  }
  const consents = pages.items.filter(({ state }) => state !== 'requested');
  if (consents.length === 0) {
    return (
      <Notice title={t('sharing.none')} live={false}>
        <p>{t('sharing.noneLead')}</p>
      </Notice>
    );
  }
  const choices = [
    { value: 'all', label: t('sharing.all') } as const,
    ...STATES.map((value) => ({ value, label: t(`state.${value}`) })),
  ];
  const shown = consents.filter((consent) => isWanted(consent, { filter, search }));
  return (
    <>
      <search className={styles.filters}>
        <TextField label={t('sharing.search')} type="search" value={search} onChange={setSearch} />
        <Select<Filter> label={t('sharing.filter')} value={filter} choices={choices} onChange={setFilter} />
      </search>
      <div role="status">
        <Soft small>{t('sharing.count', { count: shown.length })}</Soft>
      </div>
      {shown.length > 0 && (
        <List>
          {[...shown].sort(presentFirst).map((consent) => (
            <ConsentLine key={consent.id} consent={consent} />
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}

function isWanted(consent: ConsentView, wanted: { filter: Filter; search: string }): boolean {
  if (wanted.filter !== 'all' && consent.state !== wanted.filter) return false;
  const texts = [
    consent.recipient.name,
    consent.purpose.text,
    ...consent.services.flatMap(({ title, fields }) => [title, ...fields.map((field) => field.title)]),
  ];
  const words = texts
    .flatMap((text) => Object.values(text))
    .join(' ')
    .toLowerCase();
  return words.includes(wanted.search.trim().toLowerCase());
}

function presentFirst(a: ConsentView, b: ConsentView): number {
  const rank = ({ state }: ConsentView) => (state === 'active' ? 0 : state === 'paused' ? 1 : 2);
  return rank(a) - rank(b);
}

function ConsentLine(props: { readonly consent: ConsentView }) {
  const { consent } = props;
  const { t, say, language } = useLanguage();
  const fields = consent.services.flatMap((service) => service.fields.map((field) => say(field.title)));
  const joined = new Intl.ListFormat(language, { type: 'unit' }).format(fields);
  return (
    <li>
      <Link className={styles.link} to="/data/$consentId" params={{ consentId: consent.id }}>
        <span className={styles.entry}>
          <span>
            <ConsentStateBadge state={consent.state} />
          </span>
          <span className={styles.name}>{say(consent.recipient.name)}</span>
          <span>{say(consent.purpose.text)}</span>
          <span className={styles.summary}>{joined}</span>
          <span className={styles.summary}>
            {t('sharing.until', { date: formatDate(consent.expiresAt, language) })}
          </span>
        </span>
        <Icon name="chevron" />
      </Link>
    </li>
  );
}
