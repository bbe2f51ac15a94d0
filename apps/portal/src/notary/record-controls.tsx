import type { NotaryRecord } from '@praya/notary/records/contract';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Row, Section, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useRecordDeed } from './notary-requests.ts';
import { useNotaryPath } from './offices.ts';

type Wanted = 'suspended' | 'active' | 'revoked' | 'erase';

const OPEN: Record<NotaryRecord['state'], readonly Wanted[]> = {
  active: ['suspended', 'revoked'],
  expired: ['revoked'],
  suspended: ['active', 'revoked'],
  pending: ['revoked'],
  revoked: [],
  rejected: [],
  erased: [],
};
const LOOKS = {
  suspended: { look: 'secondary', icon: 'pause' },
  active: { look: 'secondary', icon: 'play' },
  revoked: { look: 'danger', icon: 'stop' },
  erase: { look: 'danger', icon: 'cross' },
} as const satisfies Record<Wanted, { look: 'secondary' | 'danger'; icon: IconName }>;

/** Suspend, reinstate, revoke, erase: each with its reason, and asked once more before it is done. */
export function RecordControls(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t } = useLanguage();
  const [asked, setAsked] = useState<Wanted | null>(null);
  const deed = useRecordDeed(useNotaryPath(), record.id);
  const act = (wanted: Wanted, body: object) => {
    const about = { reason: '', ...body };
    const settled = { onSuccess: () => setAsked(null) };
    if (wanted === 'erase') deed.mutate({ deed: 'erase', body: about }, settled);
    else deed.mutate({ deed: 'state', body: { ...about, to: wanted, revision: record.revision } }, settled);
  };
  return (
    <Section title={t('notary.manage')}>
      {deed.isSuccess && <Notice tone="good" title={t('notary.changed')} />}
      <Row>
        {([...OPEN[record.state], 'erase'] as const).map((wanted) => (
          <Button
            key={wanted}
            look={wanted === 'erase' ? 'quiet' : LOOKS[wanted].look}
            onPress={() => {
              deed.reset();
              setAsked(wanted);
            }}
          >
            <Icon name={LOOKS[wanted].icon} />
            {t(`notary.do.${wanted}`)}
          </Button>
        ))}
      </Row>
      {asked !== null && (
        <Asking
          key={asked}
          wanted={asked}
          pending={deed.isPending}
          error={deed.error}
          onAct={(body) => act(asked, body)}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  );
}

function Asking(props: {
  readonly wanted: Wanted;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onAct: (body: object) => void;
  readonly onClose: () => void;
}) {
  const { wanted } = props;
  const { t } = useLanguage();
  const [reason, setReason] = useState('');
  const [from, setFrom] = useState('');
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === '';
  const confirm = () => {
    setTried(true);
    if (missing) return;
    const effective = wanted === 'erase' || from === '' ? {} : { effectiveFrom: `${from}:00+08:00` };
    props.onAct({ reason: reason.trim(), ...effective });
  };
  return (
    <ConfirmDialog
      open
      title={t(`notary.ask.${wanted}`)}
      confirm={t(`notary.do.${wanted}`)}
      danger={wanted === 'revoked' || wanted === 'erase'}
      pending={props.pending}
      onConfirm={confirm}
      onClose={props.onClose}
    >
      <p>{t(`notary.askLead.${wanted}`)}</p>
      {(wanted === 'revoked' || wanted === 'erase') && (
        <Notice tone="wary" live={false} title={t(`notary.final.${wanted}`)} />
      )}
      <TextField
        label={t('changes.reason')}
        hint={t(wanted === 'erase' ? 'notary.reasonKept' : 'notary.reasonShown')}
        value={reason}
        onChange={setReason}
        error={tried && missing ? t('notary.reasonNeeded') : undefined}
        maxLength={500}
        required
      />
      {wanted !== 'erase' && (
        <TextField
          label={t('notary.effectiveFrom')}
          hint={t('notary.effectiveHint')}
          type="datetime-local"
          value={from}
          onChange={setFrom}
        />
      )}
      {props.error !== null && <Trouble error={props.error} />}
      {wanted === 'erase' && <Soft small>{t('notary.eraseStays')}</Soft>}
    </ConfirmDialog>
  );
}
