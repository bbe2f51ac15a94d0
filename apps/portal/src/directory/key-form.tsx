import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { TextField } from '../parts/field.tsx';
import { Select } from '../parts/select.tsx';
import { usePropose } from './directory-requests.ts';
import { ProposalFrame } from './proposal-frame.tsx';
import { readPublicKey } from './public-key.ts';

const A_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A day as a date field holds it, in Hong Kong. */
function dayOf(instant: number): string {
  return new Date(instant).toLocaleDateString('sv-SE', { timeZone: 'Asia/Hong_Kong' });
}

function startOf(day: string): string {
  return new Date(`${day}T00:00:00+08:00`).toISOString();
}

/** Proposes a key: the next one of a rotation, valid from one day until another. */
export function KeyForm(props: { readonly organisation: string }) {
  const { t } = useLanguage();
  const [use, setUse] = useState<'sig' | 'enc'>('sig');
  const [pasted, setPasted] = useState('');
  const [from, setFrom] = useState(() => dayOf(Date.now()));
  const [until, setUntil] = useState(() => dayOf(Date.now() + A_YEAR_MS));
  const proposing = usePropose();
  const reading = useMutation({
    mutationFn: async () => {
      const jwk = await readPublicKey(pasted);
      const payload = { kid: jwk.kid, use, jwk, validFrom: startOf(from), validUntil: startOf(until) };
      return proposing.mutateAsync({ kind: 'key.add', organisationId: props.organisation, payload });
    },
    onSuccess: () => setPasted(''),
  });
  return (
    <ProposalFrame
      pending={reading.isPending}
      error={reading.error}
      done={reading.isSuccess}
      onSubmit={() => reading.mutate()}
    >
      <Select
        label={t('key.use')}
        value={use}
        choices={[
          { value: 'sig', label: t('key.sig') },
          { value: 'enc', label: t('key.enc') },
        ]}
        onChange={setUse}
      />
      <TextField label={t('key.paste')} hint={t('key.pasteHint')} area value={pasted} onChange={setPasted} />
      <TextField label={t('key.from')} type="date" value={from} onChange={setFrom} />
      <TextField label={t('key.until')} type="date" value={until} onChange={setUntil} />
    </ProposalFrame>
  );
}
