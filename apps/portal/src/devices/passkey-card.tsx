import type { PasskeyView } from '@praya/identity/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatDate, formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { ConfirmDialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { Row, Soft, Stack } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { passkeysQuery, removePasskey, renamePasskey } from './passkeys.ts';

type Props = { readonly passkey: PasskeyView; readonly isLast: boolean };

/** One passkey of hers. */
export function PasskeyCard(props: Props) {
  const { passkey } = props;
  const { t, language } = useLanguage();
  const used = passkey.lastUsedAt;
  return (
    <Stack>
      <Row between>
        <strong>{passkey.name}</strong>
        <Badge tone={passkey.backedUp ? 'good' : 'plain'}>
          {t(passkey.backedUp ? 'devices.backedUp' : 'devices.onlyHere')}
        </Badge>
      </Row>
      <Soft small>
        {t('devices.since', { date: formatDate(passkey.createdAt, language) })}
        {' · '}
        {used === null
          ? t('devices.neverUsed')
          : t('devices.lastUsed', { date: formatInstant(used, language) })}
      </Soft>
      <Row>
        <Rename passkey={passkey} />
        {!props.isLast && <Remove passkey={passkey} />}
      </Row>
    </Stack>
  );
}

function Rename(props: { readonly passkey: PasskeyView }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [name, setName] = useState<string | null>(null);
  const renaming = useMutation({
    mutationFn: (wanted: string) => renamePasskey(props.passkey.id, wanted),
    onSuccess: async () => {
      await queries.invalidateQueries(passkeysQuery);
      setName(null);
    },
  });
  return (
    <>
      <Button
        look="secondary"
        label={t('devices.renameOf', { name: props.passkey.name })}
        onPress={() => setName(props.passkey.name)}
      >
        {t('devices.rename')}
      </Button>
      <ConfirmDialog
        open={name !== null}
        title={t('devices.rename')}
        confirm={t('save')}
        pending={renaming.isPending}
        onConfirm={() => name !== null && name.trim() !== '' && renaming.mutate(name.trim())}
        onClose={() => setName(null)}
      >
        <TextField label={t('devices.name')} value={name ?? ''} onChange={setName} maxLength={60} />
        {renaming.error !== null && <Trouble error={renaming.error} />}
      </ConfirmDialog>
    </>
  );
}

function Remove(props: { readonly passkey: PasskeyView }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const removing = useMutation({
    mutationFn: () => removePasskey(props.passkey.id),
    onSuccess: () => queries.invalidateQueries(passkeysQuery),
  });
  const { name } = props.passkey;
  return (
    <>
      <Button look="secondary" label={t('devices.removeOf', { name })} onPress={() => setAsked(true)}>
        {t('devices.remove')}
      </Button>
      <ConfirmDialog
        open={asked}
        title={t('devices.removeTitle', { name })}
        confirm={t('devices.remove')}
        danger
        pending={removing.isPending}
        onConfirm={() => removing.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>{t('devices.removeLead')}</p>
        {removing.error !== null && <Trouble error={removing.error} />}
      </ConfirmDialog>
    </>
  );
}
