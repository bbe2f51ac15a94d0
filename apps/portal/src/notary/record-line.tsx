import type { NotaryRecord } from '@praya/notary/records/contract';
import { Link } from '@tanstack/react-router';
import { formatDate } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Icon } from '../parts/icon.tsx';
import styles from './notary.module.css';
import { RecordStateBadge } from './record-state.tsx';

/** A record in a list. */
export function RecordLine(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t, language } = useLanguage();
  const about = [
    t(`notary.kind.${record.kind}`),
    record.kind === 'folder' && record.files > 0 ? t('notary.files', { count: record.files }) : null,
    record.reference,
    record.holder,
    formatDate(record.createdAt, language),
  ];
  return (
    <Link className={styles.line} to="/notary/records/$id" params={{ id: record.id }}>
      <span className={styles.lineText}>
        <span>
          <RecordStateBadge state={record.state} />
        </span>
        <span className={styles.lineTitle}>{record.title ?? t('notary.erasedTitle')}</span>
        <span className={styles.lineAbout}>{about.filter(Boolean).join(' · ')}</span>
      </span>
      <Icon name="chevron" />
    </Link>
  );
}
