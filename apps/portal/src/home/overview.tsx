import type { ConsentView } from '@praya/consent/contract';
import type { ActView } from '@praya/exchange/contract';
import { Link } from '@tanstack/react-router';
import { ActCard } from '../activity/act-card.tsx';
import { usePages } from '../api/pages.ts';
import { holdsRole, type Session } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { List, Page, Section, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './home.module.css';

type DoorProps = {
  readonly to: string;
  readonly icon: IconName;
  readonly name: string;
  readonly lead: string;
  readonly first?: boolean;
};

/** The doors to what is hers, and what happened last. */
export function Overview(props: { readonly session: Session }) {
  const { t } = useLanguage();
  const { session } = props;
  const consents = usePages<ConsentView>({ key: ['consents'], path: '/api/consents', limit: 50 });
  const active = consents.items?.filter(({ state }) => state === 'active').length;
  const summary = active === undefined ? t('sharing.lead') : t('home.activeCount', { count: active });
  return (
    <Page title={t('home.hello')}>
      <nav className={styles.doors} aria-label={t('home.doors')}>
        <Door first to="/data" icon="eye" name={t('sharing.title')} lead={summary} />
        <Door to="/activity" icon="shield" name={t('activity.title')} lead={t('activity.lead')} />
        <Door to="/devices" icon="device" name={t('devices.title')} lead={t('devices.lead')} />
        {holdsRole(session, 'counter.registrar') && (
          <Door to="/counter" icon="person" name={t('counter.title')} lead={t('counter.lead')} />
        )}
        {holdsRole(session, 'notary') && (
          <Door to="/notary" icon="file" name={t('notary.title')} lead={t('notary.lead')} />
        )}
        {holdsRole(session, 'administrator', 'directory.maker', 'directory.checker') && (
          <Door to="/directory" icon="search" name={t('directory.title')} lead={t('directory.lead')} />
        )}
      </nav>
      <Latest />
    </Page>
  );
}

function Door(props: DoorProps) {
  return (
    <Link className={classNames(styles.door, props.first && styles.first)} to={props.to}>
      <Icon name={props.icon} size={30} />
      <span>
        <span className={styles.doorName}>{props.name}</span>
        <span className={styles.doorLead}>{props.lead}</span>
      </span>
      <Icon name="chevron" />
    </Link>
  );
}

function Latest() {
  const { t } = useLanguage();
  const pages = usePages<ActView>({ key: ['acts', 'latest'], path: '/api/acts', limit: 3 });
  return (
    <Section title={t('home.latest')} aside={<Link to="/activity">{t('home.allActivity')}</Link>}>
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {pages.items?.length === 0 && <Soft>{t('activity.none')}</Soft>}
      {pages.items !== undefined && pages.items.length > 0 && (
        <List>
          {pages.items.map((act) => (
            <li key={act.id}>
              <ActCard act={act} />
            </li>
          ))}
        </List>
      )}
    </Section>
  );
}
