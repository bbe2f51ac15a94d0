import type { DeliveryView } from '@praya/consent/contract';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/request.ts';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { List, Row, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';

/** Who has been told of each change, and who has not answered yet. */
export function Deliveries(props: { readonly id: string; readonly revision: number }) {
  const { t, say, language } = useLanguage();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['deliveries', props.id, props.revision],
    queryFn: ({ signal }) =>
      get<{ items: DeliveryView[] }>(`/api/consents/${encodeURIComponent(props.id)}/deliveries`, signal),
    refetchInterval: (query) =>
      query.state.data?.items.some(({ acknowledgedAt }) => acknowledgedAt === null) === true ? 3000 : false,
  });
  return (
    <Section title={t('told.title')}>
      {isPending && <Loading />}
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && <Soft>{t('told.none')}</Soft>}
      {data !== undefined && data.items.length > 0 && (
        <List>
          {data.items.map(({ organisation, event, at, acknowledgedAt }) => (
            <li key={`${organisation.id} ${event} ${at}`}>
              <Row between>
                <span>{t(`told.${event}`, { organisation: say(organisation.name) })}</span>
                {acknowledgedAt === null ? (
                  <Badge tone="wary">{t('told.waiting')}</Badge>
                ) : (
                  <Badge tone="good" icon="check">
                    {t('told.acknowledged')}
                  </Badge>
                )}
              </Row>
              <Soft small>{formatInstant(acknowledgedAt ?? at, language)}</Soft>
            </li>
          ))}
        </List>
      )}
    </Section>
  );
}
