import type { NotaryRecord } from '@praya/notary/records/contract';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { TextField } from '../parts/field.tsx';
import { Card, Row, Soft } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useRecordDeed } from './notary-requests.ts';
import { useNotaryPath, useOffices } from './offices.ts';

/** Approve or reject, for the department whose turn it is. */
export function DecisionForm(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t, say } = useLanguage();
  const { offices } = useOffices();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const deed = useRecordDeed(useNotaryPath(), record.id);
  const turn =
    record.state === 'pending' ? record.steps?.find(({ decision }) => decision === null) : undefined;
  const office = offices.find(({ organisationId }) => organisationId === turn?.organisation);
  if (office === undefined) return null;
  const decide = (decision: 'approve' | 'reject') => {
    const given = reason.trim();
    const lacks = decision === 'reject' && given === '';
    setMissing(lacks);
    if (lacks) return;
    deed.mutate({
      deed: 'decision',
      body: { decision, reason: given || null, revision: record.revision },
    });
  };
  return (
    <Card>
      <Notice live={false} title={t('notary.yourTurn', { organisation: say(office.name) })}>
        <p>{t('notary.yourTurnLead')}</p>
      </Notice>
      <TextField
        label={t('changes.reason')}
        hint={t('notary.decisionHint')}
        value={reason}
        onChange={setReason}
        error={missing ? t('notary.reasonNeeded') : undefined}
        maxLength={500}
      />
      {deed.error !== null && <Trouble error={deed.error} />}
      <Row>
        <Button pending={deed.isPending} onPress={() => decide('approve')}>
          {t('changes.approve')}
        </Button>
        <Button look="secondary" pending={deed.isPending} onPress={() => decide('reject')}>
          {t('notary.reject')}
        </Button>
      </Row>
      <Soft small>{t('notary.decisionLead')}</Soft>
    </Card>
  );
}
