import type { OrganisationKey } from '@praya/directory/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api/request.ts';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge, type BadgeTone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble } from '../parts/trouble.tsx';

type KeyState = 'revoked' | 'early' | 'valid' | 'over';
const TONES: Record<KeyState, BadgeTone> = { revoked: 'bad', early: 'water', valid: 'good', over: 'plain' };

function stateOf(key: OrganisationKey, now: Date): KeyState {
  if (key.revokedAt !== null && new Date(key.revokedAt) <= now) return 'revoked';
  if (now < new Date(key.validFrom)) return 'early';
  return now < new Date(key.validUntil) ? 'valid' : 'over';
}

type Props = { readonly organisation: string; readonly entry: OrganisationKey };

/** One key, the time for which it counts, and the way to stop it. */
export function KeyCard(props: Props) {
  const { entry } = props;
  const { t, language } = useLanguage();
  const state = stateOf(entry, new Date());
  return (
    <Stack>
      <Row between>
        <strong>{entry.kid}</strong>
        <Row>
          <Badge>{t(`key.${entry.use}`)}</Badge>
          <Badge tone={TONES[state]}>{t(`key.${state}`)}</Badge>
        </Row>
      </Row>
      <Soft small>
        {t('key.window', {
          from: formatInstant(entry.validFrom, language),
          until: formatInstant(entry.validUntil, language),
        })}
      </Soft>
      {state === 'revoked' && entry.revokedAt !== null && (
        <Soft small>{t('key.revokedAt', { at: formatInstant(entry.revokedAt, language) })}</Soft>
      )}
      {(state === 'valid' || state === 'early') && <Revoke {...props} />}
    </Stack>
  );
}

function Revoke(props: Props) {
  const { organisation, entry } = props;
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const path = `/api/directory/organisations/${encodeURIComponent(organisation)}/keys/${encodeURIComponent(entry.kid)}`;
  const revoking = useMutation({
    mutationFn: () => post<OrganisationKey>(`${path}/revocation`, { reason: reason.trim() || null }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['organisation', organisation] });
      setAsked(false);
    },
  });
  return (
    <>
      <p>
        <Button look="secondary" label={t('key.revokeOf', { kid: entry.kid })} onPress={() => setAsked(true)}>
          {t('key.revoke')}
        </Button>
      </p>
      <ConfirmDialog
        open={asked}
        title={t('key.revokeOf', { kid: entry.kid })}
        confirm={t('key.revoke')}
        danger
        pending={revoking.isPending}
        onConfirm={() => revoking.mutate()}
        onClose={() => setAsked(false)}
      >
        <Notice tone="wary" live={false} title={t('key.revokeFinal')}>
          <p>{t('key.revokeLead')}</p>
        </Notice>
        <TextField label={t('changes.reason')} value={reason} onChange={setReason} maxLength={500} />
        {revoking.error !== null && <Trouble error={revoking.error} />}
      </ConfirmDialog>
    </>
  );
}
