import type { OrganisationKind } from '@praya/directory/contract';
import { useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { TextField } from '../parts/field.tsx';
import { Select } from '../parts/select.tsx';
import { hasFault, usePropose } from './directory-requests.ts';
import { ProposalFrame } from './proposal-frame.tsx';

const KINDS = ['department', 'bank', 'university', 'company'] as const satisfies readonly OrganisationKind[];
const EMPTY = { slug: '', en: '', 'zh-Hant': '', 'zh-Hans': '' };

/** Proposes an organisation. */
export function OrganisationForm() {
  const { t } = useLanguage();
  const [typed, setTyped] = useState(EMPTY);
  const [kind, setKind] = useState<(typeof KINDS)[number]>('department');
  const [tried, setTried] = useState(false);
  const proposing = usePropose();
  const isWhole = Object.values(typed).every((text) => text.trim() !== '');
  const submit = () => {
    setTried(true);
    if (!isWhole) return;
    const { slug, ...name } = typed;
    const payload = { slug: slug.trim(), kind, name };
    proposing.mutate({ kind: 'organisation.register', organisationId: null, payload }, { onSuccess: clear });
  };
  const clear = () => {
    setTyped(EMPTY);
    setTried(false);
  };
  const field = (member: keyof typeof EMPTY) => ({
    value: typed[member],
    onChange: (text: string) => setTyped((before) => ({ ...before, [member]: text })),
    error:
      tried && typed[member].trim() === ''
        ? t('field.needed')
        : hasFault(proposing.error, member)
          ? t('field.wrong')
          : undefined,
  });
  return (
    <ProposalFrame
      pending={proposing.isPending}
      error={proposing.error}
      done={proposing.isSuccess}
      onSubmit={submit}
    >
      <Select
        label={t('directory.kind')}
        value={kind}
        choices={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        onChange={setKind}
      />
      <TextField label={t('directory.slug')} hint={t('directory.slugHint')} {...field('slug')} />
      <TextField label={t('directory.nameEn')} {...field('en')} />
      <TextField label={t('directory.nameHant')} {...field('zh-Hant')} />
      <TextField label={t('directory.nameHans')} {...field('zh-Hans')} />
    </ProposalFrame>
  );
}
