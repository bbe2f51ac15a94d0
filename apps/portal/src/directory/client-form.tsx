import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Checkbox, TextField } from '../parts/field.tsx';
import { hasFault, purposesQuery, usePropose } from './directory-requests.ts';
import { ProposalFrame } from './proposal-frame.tsx';

const lines = (text: string) => text.split(/\s+/).filter((line) => line !== '');

/** Proposes a client: where it may be sent back to, and for what it may ask. */
export function ClientForm(props: { readonly organisation: string }) {
  const { t } = useLanguage();
  const [clientId, setClientId] = useState('');
  const [redirectUris, setRedirectUris] = useState('');
  const [eventsUri, setEventsUri] = useState('');
  const [purposes, setPurposes] = useState<readonly string[]>([]);
  const proposing = usePropose();
  const faultOf = (member: string) => (hasFault(proposing.error, member) ? t('field.wrong') : undefined);
  const submit = () =>
    proposing.mutate({
      kind: 'client.register',
      organisationId: props.organisation,
      payload: {
        clientId: clientId.trim(),
        redirectUris: lines(redirectUris),
        purposes,
        eventsUri: eventsUri.trim() || null,
      },
    });
  return (
    <ProposalFrame
      pending={proposing.isPending}
      error={proposing.error}
      done={proposing.isSuccess}
      onSubmit={submit}
    >
      <TextField
        label={t('directory.clientId')}
        hint={t('directory.slugHint')}
        value={clientId}
        onChange={setClientId}
        error={faultOf('clientId')}
      />
      <TextField
        label={t('directory.redirectUris')}
        hint={t('directory.redirectHint')}
        area
        value={redirectUris}
        onChange={setRedirectUris}
        error={faultOf('redirectUris')}
      />
      <TextField
        label={t('directory.eventsUri')}
        hint={t('directory.eventsHint')}
        value={eventsUri}
        onChange={setEventsUri}
        error={faultOf('eventsUri')}
      />
      <Purposes chosen={purposes} onChange={setPurposes} />
    </ProposalFrame>
  );
}

function Purposes(props: {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { chosen, onChange } = props;
  const { t, say } = useLanguage();
  const { data: known } = useQuery(purposesQuery);
  const toggle = (code: string, selected: boolean) =>
    onChange(selected ? [...chosen, code] : chosen.filter((other) => other !== code));
  return (
    <fieldset>
      <legend>{t('directory.purposes')}</legend>
      {known?.items.map(({ code, text }) => (
        <Checkbox key={code} selected={chosen.includes(code)} onChange={(selected) => toggle(code, selected)}>
          {say(text)} <code>{code}</code>
        </Checkbox>
      ))}
    </fieldset>
  );
}
