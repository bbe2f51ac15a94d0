import type { Change } from '@praya/directory/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/request.ts';
import { holdsRole, useSession } from '../api/session.ts';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Code } from '../parts/code.tsx';
import { TextField } from '../parts/field.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { organisationQuery } from './directory-requests.ts';

type Props = { readonly change: Change; readonly onDecided: (change: Change) => void };

const TONES: Record<Change['state'], BadgeTone> = {
  proposed: 'water',
  approved: 'good',
  declined: 'bad',
  withdrawn: 'plain',
};

/** One proposal: what it would change, who made it, and what can be done about it. */
export function ChangeCard(props: Props) {
  const { change } = props;
  const { t, language } = useLanguage();
  return (
    <Stack>
      <Row between>
        <strong>{t(`change.${change.kind}`)}</strong>
        <Badge tone={TONES[change.state]}>{t(`changes.${change.state}`)}</Badge>
      </Row>
      <Soft small>
        {change.organisationId !== null && (
          <>
            <OrganisationName id={change.organisationId} />
            {' · '}
          </>
        )}
        {t('changes.made', { at: formatInstant(change.madeAt, language) })}
      </Soft>
      <Code label={`${t('changes.payload')} · ${change.id}`} value={change.payload} />
      {change.reason !== null && <p>{t('changes.reasonWas', { reason: change.reason })}</p>}
      {change.state === 'proposed' && <Deciding {...props} />}
    </Stack>
  );
}

function OrganisationName(props: { readonly id: string }) {
  const { say } = useLanguage();
  const { data } = useQuery(organisationQuery(props.id));
  return <>{data === undefined ? props.id : say(data.name)}</>;
}

function Deciding(props: Props) {
  const { t } = useLanguage();
  const { data: session } = useSession();
  if (props.change.madeBy === session?.person?.id) return <Own {...props} />;
  if (!holdsRole(session, 'directory.checker')) return <Soft small>{t('changes.checkerOnly')}</Soft>;
  return <Decision {...props} />;
}

function useDeed(props: Props) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (about: { deed: 'decision' | 'withdrawal'; body: object }) =>
      post<Change>(`/api/directory/changes/${encodeURIComponent(props.change.id)}/${about.deed}`, about.body),
    onSuccess: (change) => {
      props.onDecided(change);
      void queries.invalidateQueries({ queryKey: ['changes'] });
      void queries.invalidateQueries({ queryKey: ['organisation'] });
    },
  });
}

// Four eyes: who proposed a change can take it back, and cannot approve it.
function Own(props: Props) {
  const { t } = useLanguage();
  const deed = useDeed(props);
  return (
    <Notice live={false} title={t('changes.own')}>
      <p>{t('changes.ownLead')}</p>
      {deed.error !== null && <Trouble error={deed.error} />}
      <p>
        <Button
          look="secondary"
          pending={deed.isPending}
          onPress={() => deed.mutate({ deed: 'withdrawal', body: {} })}
        >
          {t('changes.withdraw')}
        </Button>
      </p>
    </Notice>
  );
}

function Decision(props: Props) {
  const { t } = useLanguage();
  const [reason, setReason] = useState('');
  const [reasonMissing, setReasonMissing] = useState(false);
  const deed = useDeed(props);
  const decide = (approve: boolean) => {
    const given = reason.trim();
    setReasonMissing(!approve && given === '');
    if (!approve && given === '') return;
    deed.mutate({ deed: 'decision', body: { approve, reason: given || null } });
  };
  return (
    <Stack>
      <TextField
        label={t('changes.reason')}
        hint={t('changes.reasonHint')}
        value={reason}
        onChange={setReason}
        error={reasonMissing ? t('changes.reasonNeeded') : undefined}
        maxLength={500}
      />
      {deed.error !== null && <Trouble error={deed.error} />}
      <Row>
        <Button look="secondary" pending={deed.isPending} onPress={() => decide(false)}>
          {t('changes.decline')}
        </Button>
        <Button look="secondary" pending={deed.isPending} onPress={() => decide(true)}>
          {t('changes.approve')}
        </Button>
      </Row>
    </Stack>
  );
}
