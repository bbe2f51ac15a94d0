import type { DataService } from '@praya/exchange/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { List, Page, Row, Soft, Stack } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { trustListQuery } from '../proof/trust.ts';

/** What the registers can tell, with consent. Open to everybody. */
export function CataloguePage() {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const pages = usePages<DataService>({
    key: ['catalogue', search],
    path: '/exchange/v1/services',
    query: { search },
  });
  return (
    <Page title={t('catalogue.title')} lead={t('catalogue.lead')}>
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setSearch(typed.trim());
          }}
        >
          <Stack>
            <TextField
              label={t('catalogue.search')}
              type="search"
              value={typed}
              onChange={setTyped}
              maxLength={100}
            />
            <Row>
              <Button type="submit" look="secondary" pending={pages.isFetching && search !== ''}>
                {t('search')}
              </Button>
            </Row>
          </Stack>
        </form>
      </search>
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      <div role="status">{pages.items?.length === 0 && <Soft>{t('nothingFound')}</Soft>}</div>
      {pages.items !== undefined && pages.items.length > 0 && (
        <List>
          {pages.items.map((service) => (
            <li key={service.id}>
              <ServiceLine service={service} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </Page>
  );
}

function ServiceLine(props: { readonly service: DataService }) {
  const { service } = props;
  const { t, say } = useLanguage();
  return (
    <Stack>
      <h2>
        <Link to="/catalogue/$service" params={{ service: service.id }}>
          {say(service.title)}
        </Link>
      </h2>
      <p>{say(service.description)}</p>
      <Soft small>
        <Provider id={service.provider} /> · {t('catalogue.fieldCount', { count: service.fields.length })}
      </Soft>
    </Stack>
  );
}

/** The name of a provider, out of the signed trust list. */
export function Provider(props: { readonly id: string }) {
  const { say } = useLanguage();
  const { data: trust } = useQuery(trustListQuery);
  const organisation = trust?.organisations.find(({ id }) => id === props.id);
  return <>{organisation === undefined ? props.id : say(organisation.name)}</>;
}
