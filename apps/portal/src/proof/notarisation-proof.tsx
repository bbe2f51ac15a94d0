import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { Soft } from '../parts/layout.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { CheckList } from './check-list.tsx';
import { checkNotarisation, type RecordVerdict, type Shown } from './notarisation.ts';
import styles from './proof.module.css';
import { anchorQuery } from './trust.ts';

const AGAIN_MS = 2000;

/** Asks again every two seconds while something is still to come. */
export function useAgainWhile(waiting: boolean, again: () => unknown) {
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (!waiting) return;
    const asking = setInterval(() => void latest.current(), AGAIN_MS);
    return () => clearInterval(asking);
  }, [waiting]);
}

/** The verdict on a receipt of a record, reached in this browser. */
export function useRecordVerdict(about: {
  readonly receipt: unknown;
  readonly digest?: string;
  readonly shown?: Shown;
}) {
  const { receipt, digest, shown } = about;
  const anchor = useQuery(anchorQuery);
  const verdict = useQuery({
    queryKey: ['record-verdict', receipt, digest ?? null, shown ?? null],
    enabled: anchor.data !== undefined && receipt !== undefined && receipt !== null,
    staleTime: Number.POSITIVE_INFINITY,
    // while it waits, each look brings another receipt; what was found of the last stays in sight until then
    placeholderData: (last: RecordVerdict | undefined) => (last?.waiting === true ? last : undefined),
    queryFn: () => {
      if (anchor.data === undefined) throw new Error('Nothing to check by yet');
      return checkNotarisation(receipt, {
        anchor: anchor.data,
        ...(digest !== undefined && { digest }),
        ...(shown !== undefined && { shown }),
      });
    },
  });
  return { verdict: verdict.data, error: anchor.error ?? verdict.error, retry: () => void anchor.refetch() };
}

/** A verdict in a line, and under it every check by name. */
export function RecordProof(props: {
  readonly verdict: RecordVerdict | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
}) {
  const { t } = useLanguage();
  const { verdict, error } = props;
  if (error !== null) return <Trouble error={error} onRetry={props.onRetry} />;
  if (verdict === undefined) return <Soft small>{t('proof.checking')}</Soft>;
  return (
    <div className={styles.proof} role="status">
      <div className={styles.line}>
        {verdict.waiting ? (
          <Badge tone="wary" icon="pause">
            {t('proof.waiting')}
          </Badge>
        ) : (
          <Badge tone={verdict.ok ? 'good' : 'bad'} icon={verdict.ok ? 'shield' : 'warning'}>
            {t(verdict.ok ? 'proof.holds' : 'proof.fails')}
          </Badge>
        )}
      </div>
      {verdict.waiting && <Soft small>{t('proof.waitingLead')}</Soft>}
      {verdict.ok || verdict.waiting ? (
        <Disclosure summary={t('proof.details')}>
          <CheckList checks={verdict.checks} />
        </Disclosure>
      ) : (
        <CheckList checks={verdict.checks} />
      )}
    </div>
  );
}
