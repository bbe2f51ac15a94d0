import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Soft } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { CheckList } from './check-list.tsx';
import styles from './proof.module.css';
import { checkReceiptOf, receiptQuery, saveReceipt, type Verdict } from './receipt.ts';
import { anchorQuery } from './trust.ts';

/** The proof of one act, checked in this browser. */
export function ReceiptProof(props: { readonly act: string }) {
  const { t } = useLanguage();
  const receipt = useQuery(receiptQuery(props.act));
  const anchor = useQuery(anchorQuery);
  const verdict = useQuery({
    queryKey: ['verdict', props.act, receipt.dataUpdatedAt],
    enabled: receipt.data !== undefined && anchor.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => {
      if (receipt.data === undefined || anchor.data === undefined) throw new Error('Nothing to check yet');
      return checkReceiptOf(props.act, receipt.data, anchor.data);
    },
  });
  const error = receipt.error ?? anchor.error ?? verdict.error;
  if (error !== null) {
    const again = () => void Promise.all([receipt.refetch(), anchor.refetch()]);
    return <Trouble error={error} onRetry={again} />;
  }
  if (verdict.data === undefined || receipt.data === undefined) {
    return <Soft small>{t('proof.checking')}</Soft>;
  }
  const file = receipt.data;
  return (
    <div className={styles.proof}>
      <VerdictLine verdict={verdict.data}>
        <Button
          look="quiet"
          onPress={() => saveReceipt(file)}
          label={t('proof.downloadOf', { act: props.act })}
        >
          <Icon name="download" size={18} />
          {t('proof.download')}
        </Button>
      </VerdictLine>
      <details className={styles.details}>
        <summary>{t('proof.details')}</summary>
        <CheckList checks={verdict.data.checks} />
      </details>
    </div>
  );
}

function VerdictLine(props: { readonly verdict: Verdict; readonly children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <div className={styles.line}>
      {props.verdict.ok ? (
        <Badge tone="good" icon="shield">
          {t('proof.holds')}
        </Badge>
      ) : (
        <Badge tone="bad" icon="warning">
          {t('proof.fails')}
        </Badge>
      )}
      {props.children}
    </div>
  );
}
