import type { Organisation } from '@praya/directory/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ProblemError } from '../api/request.ts';
import { holdsRole, useSession } from '../api/session.ts';
import { NotFound } from '../errors/error-pages.tsx';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Facts } from '../parts/facts.tsx';
import { Card, List, Page, Row, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { OFFICERS, type OrganisationDetail, organisationQuery } from './directory-requests.ts';
import { KeyCard } from './key-card.tsx';
import { ProposeFor } from './propose-for.tsx';

/** One organisation: its clients, keys, officers, connector. */
export function OrganisationPage() {
  const { t } = useLanguage();
  const { id } = useParams({ strict: false });
  return (
    <SignedIn title={t('directory.title')} roles={OFFICERS}>
      <Loaded id={id ?? ''} />
    </SignedIn>
  );
}

function Loaded(props: { readonly id: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(organisationQuery(props.id));
  if (error instanceof ProblemError && (error.status === 404 || error.status === 400)) return <NotFound />;
  if (data !== undefined) return <Detail organisation={data} />;
  return (
    <Page title={t('directory.title')}>
      {error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function Detail(props: { readonly organisation: OrganisationDetail }) {
  const { organisation } = props;
  const { t, say } = useLanguage();
  const { data: session } = useSession();
  return (
    <Page title={say(organisation.name)} back={{ to: '/directory', label: t('directory.title') }}>
      <Row>
        <Badge>{t(`kind.${organisation.kind}`)}</Badge>
        {organisation.suspendedAt !== null && <Badge tone="bad">{t('directory.suspended')}</Badge>}
        <code>{organisation.id}</code>
      </Row>
      <Section title={t('directory.keys')}>
        {organisation.keys.length === 0 && <Soft>{t('directory.noKeys')}</Soft>}
        {organisation.keys.length > 0 && (
          <List>
            {organisation.keys.map((key) => (
              <li key={key.kid}>
                <KeyCard organisation={organisation.id} entry={key} />
              </li>
            ))}
          </List>
        )}
      </Section>
      <Clients clients={organisation.clients} />
      <Connector connector={organisation.connector} />
      <Officers officers={organisation.officers} />
      {holdsRole(session, 'administrator', 'directory.maker') && <ProposeFor organisation={organisation} />}
    </Page>
  );
}

function Clients(props: { readonly clients: Organisation['clients'] }) {
  const { t } = useLanguage();
  return (
    <Section title={t('directory.clients')}>
      {props.clients.length === 0 && <Soft>{t('directory.noClients')}</Soft>}
      {props.clients.map((client) => (
        <Card key={client.clientId}>
          <h3>{client.clientId}</h3>
          <Facts
            facts={[
              { term: t('directory.redirectUris'), value: client.redirectUris.join('\n') },
              { term: t('directory.purposes'), value: client.purposes.join(', ') || t('directory.none') },
              { term: t('directory.eventsUri'), value: client.eventsUri ?? t('directory.none') },
            ]}
          />
        </Card>
      ))}
    </Section>
  );
}

function Connector(props: { readonly connector: Organisation['connector'] }) {
  const { t } = useLanguage();
  const { connector } = props;
  return (
    <Section title={t('directory.connector')}>
      {connector === null ? (
        <Soft>{t('directory.noConnector')}</Soft>
      ) : (
        <Row>
          <code>{connector.url}</code>
          {connector.registrar && <Badge tone="water">{t('directory.registrar')}</Badge>}
        </Row>
      )}
    </Section>
  );
}

function Officers(props: { readonly officers: OrganisationDetail['officers'] }) {
  const { t } = useLanguage();
  if (props.officers === undefined) return null;
  return (
    <Section title={t('directory.officers')}>
      {props.officers.length === 0 && <Soft>{t('directory.none')}</Soft>}
      {props.officers.length > 0 && (
        <List>
          {props.officers.map(({ personId, roles }) => (
            <li key={personId}>
              <Row between>
                <code>{personId}</code>
                <Row>
                  {roles.map((role) => (
                    <Badge key={role}>{role}</Badge>
                  ))}
                </Row>
              </Row>
            </li>
          ))}
        </List>
      )}
    </Section>
  );
}
