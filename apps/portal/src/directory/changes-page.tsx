import type { Change, ChangeState } from '@praya/directory/contract';
import { useState } from 'react';
import { usePages } from '../api/pages.ts';
import { useLanguage } from '../language/language-context.tsx';
import { List, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { More } from '../parts/more.tsx';
import { Notice } from '../parts/notice.tsx';
import { Select } from '../parts/select.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { ChangeCard } from './change-card.tsx';
import { OFFICERS } from './directory-requests.ts';

const STATES = ['proposed', 'approved', 'declined', 'withdrawn'] as const satisfies readonly ChangeState[];

/** What was proposed, and the second officer's word on it. */
export function ChangesPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('changes.title')} roles={OFFICERS}>
      <Page
        title={t('changes.title')}
        lead={t('changes.lead')}
        back={{ to: '/directory', label: t('directory.title') }}
      >
        <Changes />
      </Page>
    </SignedIn>
  );
}

function Changes() {
  const { t } = useLanguage();
  const [state, setState] = useState<ChangeState>('proposed');
  const [decided, setDecided] = useState<Change | null>(null);
  const pages = usePages<Change>({
    key: ['changes', state],
    path: '/api/directory/changes',
    query: { state },
  });
  return (
    <>
      {decided !== null && <Notice tone="good" title={t(`changes.done.${decided.state}`)} />}
      <Select<ChangeState>
        label={t('sharing.filter')}
        value={state}
        choices={STATES.map((value) => ({ value, label: t(`changes.${value}`) }))}
        onChange={setState}
      />
      {pages.error !== null && <Trouble error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Loading />}
      <div role="status">{pages.items?.length === 0 && <Soft>{t('changes.none')}</Soft>}</div>
      {pages.items !== undefined && pages.items.length > 0 && (
        <List>
          {pages.items.map((change) => (
            <li key={change.id}>
              <ChangeCard change={change} onDecided={setDecided} />
            </li>
          ))}
        </List>
      )}
      <More pages={pages} />
    </>
  );
}
