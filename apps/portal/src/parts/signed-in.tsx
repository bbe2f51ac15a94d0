import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { holdsRole, signInPath, useSession } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import { ButtonAnchor } from './button.tsx';
import { Page } from './layout.tsx';
import { Loading } from './loading.tsx';
import { Notice } from './notice.tsx';
import { Trouble } from './trouble.tsx';

/** Shows its children to a person who is signed in and, where roles are named, holds one of them. */
export function SignedIn(props: {
  readonly title: string;
  readonly roles?: readonly string[];
  readonly children: ReactNode;
}) {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const { data: session, error, refetch } = useSession();
  if (session === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Page title={props.title}>
        <Trouble error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (session.person === null) {
    return (
      <Page title={props.title} lead={t('session.needed')}>
        <p>
          <ButtonAnchor href={signInPath(pathname)}>{t('session.signIn')}</ButtonAnchor>
        </p>
      </Page>
    );
  }
  if (props.roles !== undefined && !holdsRole(session, ...props.roles)) {
    return (
      <Page title={props.title}>
        <Notice tone="wary" title={t('session.notAllowed')}>
          <p>{t('session.notAllowedLead')}</p>
        </Notice>
      </Page>
    );
  }
  return props.children;
}
