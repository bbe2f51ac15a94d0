import type { RecordKind } from '@praya/notary/records/contract';
import { useId, useState } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Page } from '../parts/layout.tsx';
import { SignedIn } from '../parts/signed-in.tsx';
import { NewRecordForm } from './new-record-form.tsx';
import styles from './notary.module.css';
import { NOTARIES } from './offices.ts';
import { KINDS } from './record-state.tsx';

const ICONS: Record<RecordKind, IconName> = {
  file: 'file',
  folder: 'folder',
  licence: 'shield',
  approval: 'check',
};

/** Notarises one thing: a file, a folder, a licence, an approval. */
export function NewPage() {
  const { t } = useLanguage();
  const [kind, setKind] = useState<RecordKind>('file');
  return (
    <SignedIn title={t('notary.new')} roles={NOTARIES}>
      <Page
        title={t('notary.new')}
        lead={t('notary.newLead')}
        back={{ to: '/notary', label: t('notary.title') }}
      >
        <KindChoice kind={kind} onChoose={setKind} />
        <NewRecordForm key={kind} kind={kind} />
      </Page>
    </SignedIn>
  );
}

function KindChoice(props: { readonly kind: RecordKind; readonly onChoose: (kind: RecordKind) => void }) {
  const { t } = useLanguage();
  const name = useId();
  return (
    <fieldset>
      <legend className={styles.legend}>{t('notary.what')}</legend>
      <div className={styles.kinds}>
        {KINDS.map((kind) => (
          <label key={kind} className={classNames(styles.kindChoice, kind === props.kind && styles.chosen)}>
            <input
              type="radio"
              name={name}
              value={kind}
              checked={kind === props.kind}
              onChange={() => props.onChoose(kind)}
              aria-labelledby={`${name}-${kind}-name`}
              aria-describedby={`${name}-${kind}`}
            />
            <Icon name={ICONS[kind]} size={26} />
            <span className={styles.kindName} id={`${name}-${kind}-name`}>
              {t(`notary.kind.${kind}`)}
            </span>
            <span className={styles.kindLead} id={`${name}-${kind}`}>
              {t(`notary.kindLead.${kind}`)}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
