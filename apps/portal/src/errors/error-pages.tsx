import { useLocation } from '@tanstack/react-router';
import { useLanguage } from '../language/language-context.tsx';
import type { TextKey } from '../language/text.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { Page, Row, Soft } from '../parts/layout.tsx';

const KNOWN: Readonly<Record<string, TextKey>> = {
  'session.sign-in-failed': 'error.signInFailed',
  access_denied: 'error.accessDenied',
  invalid_request: 'error.invalidRequest',
  invalid_client: 'error.invalidRequest',
  invalid_redirect_uri: 'error.invalidRequest',
  server_error: 'trouble.fault',
};

/** Where the server sends a browser when there is no application to go back to. */
export function ErrorPage() {
  const { t } = useLanguage();
  const { searchStr } = useLocation();
  const code = new URLSearchParams(searchStr).get('code') ?? '';
  return (
    <Page title={t('error.title')} lead={t(KNOWN[code] ?? 'error.unknown')}>
      {/^[\w.-]{1,80}$/.test(code) && <Soft small>{t('error.code', { code })}</Soft>}
      <Home />
    </Page>
  );
}

export function NotFound() {
  const { t } = useLanguage();
  return (
    <Page title={t('notFound.title')} lead={t('notFound.lead')}>
      <Home />
    </Page>
  );
}

/** A page that broke while it was drawn. */
export function Fault() {
  const { t } = useLanguage();
  return (
    <Page title={t('error.title')} lead={t('trouble.fault')}>
      <Row>
        <Button onPress={() => location.reload()}>{t('trouble.again')}</Button>
        <ButtonLink to="/" look="secondary">
          {t('home.go')}
        </ButtonLink>
      </Row>
    </Page>
  );
}

function Home() {
  const { t } = useLanguage();
  return (
    <p>
      <ButtonLink to="/" look="secondary">
        {t('home.go')}
      </ButtonLink>
    </p>
  );
}
