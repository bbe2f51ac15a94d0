import type { NotaryRecord } from '@praya/notary/records/contract';
import { usePages } from '../api/pages.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, List, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './notary.module.css';
import { NOTARIES, useNotaryPath } from './offices.ts';
import { RecordLine } from './record-line.tsx';

/** What waits for a decision of the officer's own department. */
export function InboxPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('notary.inbox')} roles={NOTARIES}>
      <Page
        title={t('notary.inbox')}
        lead={t('notary.inboxLead')}
        back={{ to: '/notary', label: t('notary.title') }}
      >
        <Waiting />
      </Page>
    </SignedIn>
  );
}

function Waiting() {
  const { t } = useLanguage();
  const path = useNotaryPath();
  const pages = usePages<NotaryRecord>({
    key: ['notary-inbox', path('')],
    path: path('/inbox'),
    cursor: 'cursor',
  });
  return (
    <>
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      {pages.items?.length === 0 && (
        <Card>
          <div className={styles.empty}>
            <Icon name="check" size={44} />
            <h2>{t('notary.inboxNone')}</h2>
            <Soft>{t('notary.inboxNoneLead')}</Soft>
          </div>
        </Card>
      )}
      {pages.items !== undefined && pages.items.length > 0 && (
        <List label={t('notary.inbox')}>
          {pages.items.map((record) => (
            <li key={record.id}>
              <RecordLine record={record} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}
