import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Section } from '../parts/layout.tsx';
import { Select } from '../parts/select.tsx';
import { ClientForm } from './client-form.tsx';
import type { OrganisationDetail } from './directory-requests.ts';
import { KeyForm } from './key-form.tsx';
import { AppointForm, ConnectorForm, PurposeForm } from './short-forms.tsx';

const KINDS = [
  'key.add',
  'client.register',
  'purpose.permit',
  'connector.register',
  'officer.appoint',
] as const;
type Kind = (typeof KINDS)[number];

const FORMS = {
  'key.add': KeyForm,
  'client.register': ClientForm,
  'purpose.permit': PurposeForm,
  'connector.register': ConnectorForm,
  'officer.appoint': AppointForm,
} as const;

/** The changes that can be proposed for one organisation. */
export function ProposeFor(props: { readonly organisation: OrganisationDetail }) {
  const { t } = useLanguage();
  const [kind, setKind] = useState<Kind>('key.add');
  const Form = FORMS[kind];
  return (
    <Section title={t('changes.proposeTitle')}>
      <Select
        label={t('changes.kind')}
        value={kind}
        choices={KINDS.map((value) => ({ value, label: t(`change.${value}`) }))}
        onChange={setKind}
      />
      <Form organisation={props.organisation.id} />
    </Section>
  );
}
