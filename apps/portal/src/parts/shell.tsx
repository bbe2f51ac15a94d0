import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { holdsRole, type Session, signInPath, signOut, useSession } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import type { TextKey } from '../language/text.ts';
import { forgetDemonstrationPasskey } from '../passkey/demonstration-passkey.ts';
import { classNames } from './class-names.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Mark } from './mark.tsx';
import styles from './shell.module.css';

/** Header, the page, footer. During an interaction nothing leads her astray: no navigation. */
export function Shell() {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const focused = pathname.startsWith('/interaction/');
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Brand linked={!focused} />
          {!focused && <Account />}
          <LanguageSwitch />
        </div>
        {!focused && <Navigation />}
      </header>
      <main id="main" tabIndex={-1} className={classNames(styles.main, focused && styles.narrow)}>
        <Outlet />
      </main>
      <Footer linked={!focused} />
    </div>
  );
}

function Brand(props: { readonly linked: boolean }) {
  const inside = (
    <>
      <Mark />
      Praya <span lang="zh-Hant">海旁</span>
    </>
  );
  return props.linked ? (
    <Link className={styles.brand} to="/">
      {inside}
    </Link>
  ) : (
    <span className={styles.brand}>{inside}</span>
  );
}

function Account() {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const { data: session } = useSession();
  if (session === undefined) return null;
  if (session.person === null) {
    return (
      <a className={styles.quiet} href={signInPath(pathname)}>
        {t('session.signIn')}
      </a>
    );
  }
  const leave = () => {
    forgetDemonstrationPasskey();
    void signOut().catch(() => location.assign('/'));
  };
  return (
    <Button className={classNames(styles.quiet)} onPress={leave}>
      {t('session.signOut')}
    </Button>
  );
}

type Entry = { readonly to: string; readonly key: TextKey };

function entriesFor(session: Session | undefined): readonly Entry[] {
  const open: Entry[] = [
    { to: '/catalogue', key: 'nav.catalogue' },
    { to: '/check', key: 'nav.check' },
    { to: '/verify', key: 'nav.verify' },
    { to: '/explorer', key: 'nav.explorer' },
  ];
  if (session === undefined || session.person === null) return open;
  const own: Entry[] = [
    { to: '/data', key: 'nav.data' },
    { to: '/activity', key: 'nav.activity' },
    { to: '/devices', key: 'nav.devices' },
  ];
  const counter: Entry[] = holdsRole(session, 'counter.registrar')
    ? [{ to: '/counter', key: 'nav.counter' }]
    : [];
  const notary: Entry[] = holdsRole(session, 'notary') ? [{ to: '/notary', key: 'nav.notary' }] : [];
  const directory: Entry[] = holdsRole(session, 'administrator', 'directory.maker', 'directory.checker')
    ? [{ to: '/directory', key: 'nav.directory' }]
    : [];
  return [...own, ...counter, ...notary, ...directory, ...open];
}

function Navigation() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  const { pathname } = useLocation();
  const line = useRef<HTMLElement>(null);
  // on a phone the line is longer than the screen: the page that she is on stays in sight
  useEffect(() => {
    const here = line.current?.querySelector<HTMLElement>(`a[href="/${pathname.split('/')[1]}"]`);
    if (here && line.current) line.current.scrollLeft = here.offsetLeft - line.current.offsetLeft;
  });
  return (
    <nav className={styles.nav} aria-label={t('nav.label')} ref={line}>
      <ul>
        {entriesFor(session).map(({ to, key }) => (
          <li key={to}>
            <Link to={to} activeOptions={{ exact: false }}>
              {t(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Footer(props: { readonly linked: boolean }) {
  const { t } = useLanguage();
  const { data: session } = useSession();
  return (
    <footer className={styles.footer}>
      <div className={styles.bar}>
        <p>{t(session?.demonstration === true ? 'footer.demonstration' : 'footer.about')}</p>
        {props.linked && (
          <ul>
            <li>
              <Link to="/check">{t('nav.check')}</Link>
            </li>
            <li>
              <Link to="/verify">{t('nav.verify')}</Link>
            </li>
            <li>
              <Link to="/explorer">{t('nav.explorer')}</Link>
            </li>
            <li>
              <Link to="/docs/api">{t('nav.reference')}</Link>
            </li>
          </ul>
        )}
      </div>
    </footer>
  );
}
