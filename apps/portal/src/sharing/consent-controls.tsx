import type { ConsentView } from '@praya/consent/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import styles from './sharing.module.css';

type Wanted = 'active' | 'paused' | 'revoked';

const ASKS = {
  active: {
    title: 'sharing.resumeTitle',
    lead: 'sharing.resumeLead',
    confirm: 'sharing.resume',
    done: 'sharing.resumed',
  },
  paused: {
    title: 'sharing.pauseTitle',
    lead: 'sharing.pauseLead',
    confirm: 'sharing.pause',
    done: 'sharing.paused',
  },
  revoked: {
    title: 'sharing.revokeTitle',
    lead: 'sharing.revokeLead',
    confirm: 'sharing.revoke',
    done: 'sharing.revoked',
  },
} as const;

/** Pause, resume, revoke; each is asked once more before it is done. */
export function ConsentControls(props: { readonly consent: ConsentView }) {
  const { consent } = props;
  const { t, say } = useLanguage();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Wanted | null>(null);
  const changing = useMutation({
    mutationFn: (to: Wanted) =>
      post<ConsentView>(`/api/consents/${encodeURIComponent(consent.id)}/state`, { to }),
    onSuccess: (view) => {
      queries.setQueryData(['consent', consent.id], view);
      void queries.invalidateQueries({ queryKey: ['consents'] });
      void queries.invalidateQueries({ queryKey: ['acts', consent.id] });
    },
    onSettled: () => setAsked(null),
  });
  const done = changing.isSuccess ? ASKS[changing.variables].done : null;
  const recipient = say(consent.recipient.name);
  const isOpen = consent.state === 'active' || consent.state === 'paused';
  return (
    <>
      {done !== null && <Notice tone="good" title={t(done, { recipient })} />}
      {changing.error !== null && <Trouble error={changing.error} />}
      {isOpen && <Buttons state={consent.state} onAsk={setAsked} />}
      {asked !== null && (
        <ConfirmDialog
          open
          title={t(ASKS[asked].title, { recipient })}
          confirm={t(ASKS[asked].confirm)}
          danger={asked === 'revoked'}
          pending={changing.isPending}
          onConfirm={() => changing.mutate(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{t(ASKS[asked].lead, { recipient })}</p>
          {asked === 'revoked' && <Notice tone="wary" live={false} title={t('sharing.revokeFinal')} />}
        </ConfirmDialog>
      )}
    </>
  );
}

function Buttons(props: { readonly state: ConsentView['state']; readonly onAsk: (wanted: Wanted) => void }) {
  const { t } = useLanguage();
  return (
    <div className={styles.controls}>
      {props.state === 'active' ? (
        <Button look="secondary" onPress={() => props.onAsk('paused')}>
          <Icon name="pause" />
          {t('sharing.pause')}
        </Button>
      ) : (
        <Button look="secondary" onPress={() => props.onAsk('active')}>
          <Icon name="play" />
          {t('sharing.resume')}
        </Button>
      )}
      <Button look="danger" onPress={() => props.onAsk('revoked')}>
        <Icon name="stop" />
        {t('sharing.revoke')}
      </Button>
    </div>
  );
}
