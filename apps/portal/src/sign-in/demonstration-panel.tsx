import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { ProblemError } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { TextField } from '../parts/field.tsx';
import { Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { keepDemonstrationPasskey } from '../passkey/demonstration-passkey.ts';
import { Demonstration } from './demonstration.tsx';
import styles from './sign-in.module.css';
import { demonstrationResidentsQuery, type NextStep, signIn } from './sign-in.ts';

type Props = { readonly uid: string; readonly onNext: (next: NextStep) => void };

/** Invented residents whose passkeys the server gives away. Absent where the server is not a demonstration. */
export function DemonstrationPanel(props: Props) {
  const { t } = useLanguage();
  const { error, isPending, refetch } = useQuery(demonstrationResidentsQuery);
  if (error instanceof ProblemError && error.status === 404) return null;
  return (
    <Demonstration label={t('demonstration.title')}>
      <h2>{t('demonstration.title')}</h2>
      <Soft small>{t('demonstration.lead')}</Soft>
      {isPending && <Loading />}
      {error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      <Residents {...props} />
    </Demonstration>
  );
}

function Residents(props: Props) {
  const { t, language } = useLanguage();
  const [search, setSearch] = useState('');
  const { data } = useQuery(demonstrationResidentsQuery);
  type Resident = NonNullable<typeof data>['items'][number];
  const signing = useMutation({
    mutationFn: (resident: Resident) => {
      keepDemonstrationPasskey(resident.passkey);
      return signIn(props.uid);
    },
    onSuccess: props.onNext,
  });
  if (data === undefined) return null;
  const wanted = search.trim().toLowerCase();
  const shown = data.items.filter((resident) =>
    `${resident.nameEn} ${resident.nameZh} ${resident.note[language]}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <TextField label={t('demonstration.search')} type="search" value={search} onChange={setSearch} />
      {signing.error !== null && <Trouble error={signing.error} />}
      {shown.length === 0 && <Soft>{t('nothingFound')}</Soft>}
      <ul className={styles.residents} aria-label={t('demonstration.residents')}>
        {shown.slice(0, 50).map((resident) => (
          <li key={resident.index}>
            <AriaButton
              className={classNames(styles.resident)}
              data-pending={(signing.isPending && signing.variables.index === resident.index) || undefined}
              onPress={() => !signing.isPending && signing.mutate(resident)}
            >
              <span className={styles.name}>
                {resident.nameEn} <span lang="zh-Hant">{resident.nameZh}</span>
              </span>
              <span className={styles.note}>{resident.note[language]}</span>
            </AriaButton>
          </li>
        ))}
      </ul>
    </>
  );
}
