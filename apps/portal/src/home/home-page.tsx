import { signInPath, useSession } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import { ButtonAnchor, ButtonLink } from '../parts/button.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Page } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './home.module.css';
import { Overview } from './overview.tsx';

/** What Praya is, or, to a person who is signed in, what is hers. */
export function HomePage() {
  const { data: session, error, refetch } = useSession();
  if (session !== undefined) return session.person === null ? <Welcome /> : <Overview session={session} />;
  return error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />;
}

const PARTS = [
  { icon: 'key', title: 'home.signTitle', lead: 'home.signLead' },
  { icon: 'eye', title: 'home.seeTitle', lead: 'home.seeLead' },
  { icon: 'shield', title: 'home.proofTitle', lead: 'home.proofLead' },
] as const satisfies readonly { icon: IconName; title: string; lead: string }[];

function Welcome() {
  const { t } = useLanguage();
  return (
    <Page title={t('home.title')} lead={t('home.lead')}>
      <div className={styles.hero}>
        <div className={styles.actions}>
          <ButtonAnchor href={signInPath('/')}>
            <Icon name="key" />
            {t('session.signIn')}
          </ButtonAnchor>
          <ButtonLink to="/catalogue" look="secondary">
            {t('home.catalogue')}
          </ButtonLink>
        </div>
        <ul className={styles.parts}>
          {PARTS.map(({ icon, title, lead }) => (
            <li className={styles.part} key={title}>
              <Icon name={icon} size={30} />
              <h2>{t(title)}</h2>
              <p>{t(lead)}</p>
            </li>
          ))}
        </ul>
      </div>
    </Page>
  );
}
