import type { DataService } from '@praya/exchange/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { get, ProblemError } from '../api/request.ts';
import { NotFound } from '../errors/error-pages.tsx';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Code } from '../parts/code.tsx';
import { Facts } from '../parts/facts.tsx';
import { Card, List, Page, Section } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Provider } from './catalogue-page.tsx';

/** One data service: who answers, with which fields, of which shape. */
export function ServicePage() {
  const { t } = useLanguage();
  const { service: id = '' } = useParams({ strict: false });
  const { data, error, refetch } = useQuery({
    queryKey: ['service', id],
    queryFn: ({ signal }) => get<DataService>(`/exchange/v1/services/${encodeURIComponent(id)}`, signal),
  });
  if (error instanceof ProblemError && error.status === 404) return <NotFound />;
  if (data !== undefined) return <Service service={data} />;
  return (
    <Page title={t('catalogue.title')}>
      {error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Service(props: { readonly service: DataService }) {
  const { service } = props;
  const { t, say, language } = useLanguage();
  const facts = [
    { term: t('catalogue.provider'), value: <Provider id={service.provider} /> },
    { term: t('catalogue.id'), value: <code>{service.id}</code> },
    { term: t('catalogue.declaredAt'), value: formatInstant(service.declaredAt, language) },
    { term: t('catalogue.schemaDigest'), value: <code>{service.schemaDigest}</code> },
  ];
  return (
    <Page
      title={say(service.title)}
      lead={say(service.description)}
      back={{ to: '/catalogue', label: t('catalogue.title') }}
    >
      <Card>
        <Facts facts={facts} />
      </Card>
      <Section title={t('catalogue.fields')}>
        <List>
          {service.fields.map((field) => (
            <li key={field.name}>
              <h3>{say(field.title)}</h3>
              <p>
                <code>{field.name}</code>
              </p>
              <Code label={t('catalogue.schemaOf', { field: say(field.title) })} value={field.schema} />
            </li>
          ))}
        </List>
      </Section>
    </Page>
  );
}
