import type { Role } from '@praya/directory/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Checkbox, TextField } from '../parts/field.tsx';
import { Select } from '../parts/select.tsx';
import { hasFault, purposesQuery, usePropose } from './directory-requests.ts';
import { ProposalFrame } from './proposal-frame.tsx';

type Props = { readonly organisation: string };

const ROLES = [
  'administrator',
  'directory.maker',
  'directory.checker',
  'counter.registrar',
  'notary',
] as const satisfies readonly Role[];

/** Proposes that the organisation's clients may ask for a purpose. */
export function PurposeForm(props: Props) {
  const { t, say } = useLanguage();
  const { data: known } = useQuery(purposesQuery);
  const [chosen, setChosen] = useState('');
  const proposing = usePropose();
  const purpose = chosen || (known?.items[0]?.code ?? '');
  const submit = () =>
    proposing.mutate({ kind: 'purpose.permit', organisationId: props.organisation, payload: { purpose } });
  return (
    <ProposalFrame
      pending={proposing.isPending}
      error={proposing.error}
      done={proposing.isSuccess}
      onSubmit={submit}
    >
      <Select
        label={t('directory.purpose')}
        value={purpose}
        choices={(known?.items ?? []).map(({ code, text }) => ({
          value: code,
          label: `${say(text)} (${code})`,
        }))}
        onChange={setChosen}
      />
    </ProposalFrame>
  );
}

/** Proposes where the organisation's connector listens. */
export function ConnectorForm(props: Props) {
  const { t } = useLanguage();
  const [url, setUrl] = useState('');
  const [registrar, setRegistrar] = useState(false);
  const proposing = usePropose();
  const submit = () =>
    proposing.mutate({
      kind: 'connector.register',
      organisationId: props.organisation,
      payload: { url: url.trim(), registrar },
    });
  return (
    <ProposalFrame
      pending={proposing.isPending}
      error={proposing.error}
      done={proposing.isSuccess}
      onSubmit={submit}
    >
      <TextField
        label={t('directory.connectorUrl')}
        type="url"
        value={url}
        onChange={setUrl}
        error={hasFault(proposing.error, 'url') ? t('field.wrong') : undefined}
      />
      <Checkbox selected={registrar} onChange={setRegistrar}>
        {t('directory.isRegistrar')}
      </Checkbox>
    </ProposalFrame>
  );
}

/** Proposes an officer and what she may do. */
export function AppointForm(props: Props) {
  const { t } = useLanguage();
  const [personId, setPersonId] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>([]);
  const proposing = usePropose();
  const submit = () =>
    proposing.mutate({
      kind: 'officer.appoint',
      organisationId: props.organisation,
      payload: { personId: personId.trim(), roles },
    });
  const toggle = (role: Role, selected: boolean) =>
    setRoles((before) => (selected ? [...before, role] : before.filter((other) => other !== role)));
  return (
    <ProposalFrame
      pending={proposing.isPending}
      error={proposing.error}
      done={proposing.isSuccess}
      onSubmit={submit}
    >
      <TextField
        label={t('directory.personId')}
        hint={t('directory.personIdHint')}
        value={personId}
        onChange={setPersonId}
        error={hasFault(proposing.error, 'personId') ? t('field.wrong') : undefined}
      />
      <fieldset>
        <legend>{t('directory.roles')}</legend>
        {ROLES.map((role) => (
          <Checkbox
            key={role}
            selected={roles.includes(role)}
            onChange={(selected) => toggle(role, selected)}
          >
            {t(`role.${role}`)}
          </Checkbox>
        ))}
      </fieldset>
    </ProposalFrame>
  );
}
