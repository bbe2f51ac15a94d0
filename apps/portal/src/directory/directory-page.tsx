import type { Organisation } from '@praya/directory/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { holdsRole, useSession } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button, ButtonLink } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { List, Page, Row, Section, Soft, Stack } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { OFFICERS } from './directory-requests.ts';
import { OrganisationForm } from './organisation-form.tsx';

/** The organisations that take part. */
export function DirectoryPage() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  return (
    <SignedIn title={t('directory.title')} roles={OFFICERS}>
      <Page title={t('directory.title')} lead={t('directory.lead')}>
        <p>
          <ButtonLink to="/directory/changes" look="secondary">
            {t('changes.title')}
          </ButtonLink>
        </p>
        <Organisations />
        {holdsRole(session, 'administrator', 'directory.maker') && (
          <Section title={t('directory.register')}>
            <OrganisationForm />
          </Section>
        )}
      </Page>
    </SignedIn>
  );
}

function Organisations() {
  const { t } = useLanguage();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const pages = usePages<Organisation>({
    key: ['organisations', search],
    path: '/api/directory/organisations',
    query: { search },
  });
  return (
    <>
      <search>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setSearch(typed.trim());
          }}
        >
          <Stack>
            <TextField
              label={t('directory.search')}
              type="search"
              value={typed}
              onChange={setTyped}
              maxLength={100}
            />
            <Row>
              <Button type="submit" look="secondary">
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
        <List label={t('directory.title')}>
          {pages.items.map((organisation) => (
            <li key={organisation.id}>
              <OrganisationLine organisation={organisation} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}

function OrganisationLine(props: { readonly organisation: Organisation }) {
  const { id, name, kind, slug, suspendedAt } = props.organisation;
  const { t, say } = useLanguage();
  return (
    <Row between>
      <span>
        <Link to="/directory/organisations/$id" params={{ id }}>
          <strong>{say(name)}</strong>
        </Link>{' '}
        <code>{slug}</code>
      </span>
      <Row>
        <Badge>{t(`kind.${kind}`)}</Badge>
        {suspendedAt !== null && <Badge tone="bad">{t('directory.suspended')}</Badge>}
      </Row>
    </Row>
  );
}
