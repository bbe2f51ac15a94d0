import type { NotaryRecord, RecordKind, RecordState } from '@praya/notary/records/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { get } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button, ButtonLink } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, List, Page, Row, Soft, Stack } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { Select } from '../parts/select.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './notary.module.css';
import { NOTARIES, useNotaryPath, useOffices } from './offices.ts';
import { RecordLine } from './record-line.tsx';
import { KINDS, STATES } from './record-state.tsx';

type Filters = { readonly query: string; readonly kind: RecordKind | ''; readonly state: RecordState | '' };
const NONE: Filters = { query: '', kind: '', state: '' };

/** What the organisation has notarised: find one, begin one. */
export function RecordsPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('notary.title')} roles={NOTARIES}>
      <Page title={t('notary.title')} lead={t('notary.lead')}>
        <Stack>
          <Office />
          <Ways />
        </Stack>
        <Records />
      </Page>
    </SignedIn>
  );
}

function Office() {
  const { t, say } = useLanguage();
  const { offices, current, choose } = useOffices();
  if (current === undefined) return null;
  if (offices.length === 1) return <Soft>{t('notary.for', { organisation: say(current.name) })}</Soft>;
  return (
    <Select
      label={t('notary.office')}
      value={current.organisationId}
      choices={offices.map(({ organisationId, name }) => ({ value: organisationId, label: say(name) }))}
      onChange={choose}
    />
  );
}

function Ways() {
  const { t } = useLanguage();
  const path = useNotaryPath();
  const inbox = useQuery({
    queryKey: ['notary-inbox', 'first', path('')],
    queryFn: ({ signal }) => get<{ items: NotaryRecord[] }>(path('/inbox', { limit: '20' }), signal),
  });
  const waiting = inbox.data?.items.length ?? 0;
  return (
    <Row>
      <ButtonLink to="/notary/new">{t('notary.new')}</ButtonLink>
      <ButtonLink to="/notary/bulk" look="secondary">
        {t('notary.bulk')}
      </ButtonLink>
      <ButtonLink to="/notary/inbox" look="secondary">
        {t('notary.inbox')}
        {waiting > 0 && <span className={styles.count}>{waiting}</span>}
      </ButtonLink>
    </Row>
  );
}

function Records() {
  const { t } = useLanguage();
  const path = useNotaryPath();
  const [filters, setFilters] = useState(NONE);
  const pages = usePages<NotaryRecord>({
    key: ['notary-records', path(''), filters],
    path: path('/records'),
    query: filters,
    cursor: 'cursor',
  });
  const filtered = filters !== NONE;
  if (pages.items?.length === 0 && !filtered) return <NothingYet />;
  return (
    <>
      <Stack>
        <FilterForm onFilter={setFilters} pending={pages.isFetching && filtered} />
        <div role="status">{pages.items?.length === 0 && <Soft>{t('nothingFound')}</Soft>}</div>
      </Stack>
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {pages.items !== undefined && pages.items.length > 0 && (
        <List label={t('notary.records')}>
          {pages.items.map((record) => (
            <li key={record.id}>
              <RecordLine record={record} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}

function FilterForm(props: { readonly onFilter: (filters: Filters) => void; readonly pending: boolean }) {
  const { t } = useLanguage();
  const [filters, setFilters] = useState(NONE);
  const choose = (change: Partial<Filters>) => {
    const next = { ...filters, ...change };
    setFilters(next);
    props.onFilter({ ...next, query: next.query.trim() });
  };
  return (
    <search>
      <form
        className={styles.filters}
        onSubmit={(event) => {
          event.preventDefault();
          choose({});
        }}
      >
        <TextField
          label={t('notary.search')}
          type="search"
          value={filters.query}
          onChange={(query) => setFilters({ ...filters, query })}
          maxLength={200}
        />
        <Select<Filters['kind']>
          label={t('notary.kind')}
          value={filters.kind}
          choices={[
            { value: '', label: t('notary.any') },
            ...KINDS.map((value) => ({ value, label: t(`notary.kind.${value}`) })),
          ]}
          onChange={(kind) => choose({ kind })}
        />
        <Select<Filters['state']>
          label={t('notary.state')}
          value={filters.state}
          choices={[
            { value: '', label: t('notary.any') },
            ...STATES.map((value) => ({ value, label: t(`notary.state.${value}`) })),
          ]}
          onChange={(state) => choose({ state })}
        />
        <Button type="submit" look="secondary" pending={props.pending}>
          {t('search')}
        </Button>
      </form>
    </search>
  );
}

function NothingYet() {
  const { t } = useLanguage();
  return (
    <Card>
      <div className={styles.empty}>
        <Icon name="shield" size={44} />
        <h2>{t('notary.none')}</h2>
        <Soft>{t('notary.noneLead')}</Soft>
        <ButtonLink to="/notary/new">{t('notary.newFirst')}</ButtonLink>
      </div>
    </Card>
  );
}
