import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { get } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { TextField } from '../parts/field.tsx';
import { Page, Section, Soft, Stack } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { groupOperations, type OpenApi, operationsOf } from './openapi.ts';
import { OperationCard } from './operation-card.tsx';

/** Every route of the platform, out of its own OpenAPI document. */
export function ReferencePage() {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => get<OpenApi>('/openapi.json', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page title={t('reference.title')} lead={t('reference.lead')}>
      <p>
        <a href="/openapi.json">{t('reference.document')}</a>
      </p>
      {data !== undefined && <Operations document={data} />}
      {data === undefined && error === null && <Loading />}
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Operations(props: { readonly document: OpenApi }) {
  const { t } = useLanguage();
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const operations = useMemo(() => operationsOf(props.document), [props.document]);
  const groups = useMemo(() => groupOperations(operations, wanted), [operations, wanted]);
  const count = groups.reduce((sum, group) => sum + group.operations.length, 0);
  return (
    <>
      <search>
        <TextField label={t('reference.search')} type="search" value={search} onChange={setSearch} />
      </search>
      <div role="status">
        <Soft small>{t('reference.count', { count })}</Soft>
      </div>
      {groups.map(({ tag, operations: members }) => (
        <Section key={tag} title={tag === '' ? t('reference.other') : tag}>
          <Stack>
            {members.map((operation) => (
              <OperationCard key={`${operation.method} ${operation.path}`} operation={operation} />
            ))}
          </Stack>
        </Section>
      ))}
    </>
  );
}
