import type { PasskeyView } from '@praya/identity/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../api/session.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { TextField } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { List, Page, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { deviceName } from '../sign-in/device-name.ts';
import { PasskeyCard } from './passkey-card.tsx';
import { addPasskey, passkeysQuery } from './passkeys.ts';

/** Her passkeys: add one, name them, remove all but the last. */
export function DevicesPage() {
  const { t } = useLanguage();
  return (
    <SignedIn title={t('devices.title')}>
      <Page title={t('devices.title')} lead={t('devices.lead')}>
        <Passkeys />
      </Page>
    </SignedIn>
  );
}

function Passkeys() {
  const { t } = useLanguage();
  const { data, error, refetch } = useQuery(passkeysQuery);
  const [added, setAdded] = useState<PasskeyView | null>(null);
  if (data === undefined) {
    return error === null ? <Loading /> : <Trouble error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      {added !== null && <Notice tone="good" title={t('devices.added', { name: added.name })} />}
      <List label={t('devices.title')}>
        {data.items.map((passkey) => (
          <li key={passkey.id}>
            <PasskeyCard passkey={passkey} isLast={data.items.length === 1} />
          </li>
        ))}
      </List>
      {data.items.length === 1 && (
        <Notice live={false} title={t('devices.onlyOne')}>
          <p>{t('devices.onlyOneLead')}</p>
        </Notice>
      )}
      <AddPasskey onAdded={setAdded} />
      <PersonId />
    </>
  );
}

// An officer who appoints her needs it.
function PersonId() {
  const { t } = useLanguage();
  const { data: session } = useSession();
  const id = session?.person?.id;
  if (id === undefined) return null;
  return (
    <Soft small>
      {t('devices.personId')} <code>{id}</code>
    </Soft>
  );
}

function AddPasskey(props: { readonly onAdded: (passkey: PasskeyView) => void }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const adding = useMutation({
    mutationFn: () => addPasskey(name.trim()),
    onSuccess: async (passkey) => {
      await queries.invalidateQueries(passkeysQuery);
      setOpen(false);
      props.onAdded(passkey);
    },
  });
  return (
    <>
      <p>
        <Button onPress={() => setOpen(true)}>
          <Icon name="key" />
          {t('devices.add')}
        </Button>
      </p>
      <Dialog
        open={open}
        title={t('devices.add')}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button look="secondary" onPress={() => setOpen(false)}>
              {t('cancel')}
            </Button>
            <Button pending={adding.isPending} disabled={name.trim() === ''} onPress={() => adding.mutate()}>
              {t('goOn')}
            </Button>
          </>
        }
      >
        <p>{t('devices.addLead')}</p>
        <TextField
          label={t('devices.name')}
          hint={t('devices.nameHint')}
          value={name}
          onChange={setName}
          maxLength={60}
        />
        {adding.error !== null && <Trouble error={adding.error} />}
      </Dialog>
    </>
  );
}
