import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { RecordStateBadge } from '../notary/record-state.tsx';
import { ButtonLink } from '../parts/button.tsx';
import { Facts } from '../parts/facts.tsx';
import { Card, Row, Soft } from '../parts/layout.tsx';
import { Loading } from '../parts/loading.tsx';
import { Notice } from '../parts/notice.tsx';
import type { ProvenRecord } from '../proof/notarisation.ts';
import { RecordProof, useRecordVerdict } from '../proof/notarisation-proof.tsx';
import styles from './check.module.css';
import { CompareWhereWanted } from './compare.tsx';
import { VerdictBanner } from './verdict-banner.tsx';

/** What a receipt proves by itself: how its record stood when it was made. */
export function ReceiptResult(props: { readonly receipt: unknown }) {
  const { t } = useLanguage();
  const { receipt } = props;
  const isOfAct = (receipt as { readonly type?: unknown }).type === 'praya.receipt.v1';
  if (isOfAct) {
    return (
      <Notice title={t('check.otherReceipt')}>
        <p>{t('check.otherReceiptLead')}</p>
        <p>
          <ButtonLink to="/verify" look="secondary">
            {t('nav.verify')}
          </ButtonLink>
        </p>
      </Notice>
    );
  }
  return <Checked receipt={receipt} />;
}

function Checked(props: { readonly receipt: unknown }) {
  const { t } = useLanguage();
  const { verdict, error, retry } = useRecordVerdict({ receipt: props.receipt });
  if (verdict === undefined && error === null) return <Loading label={t('proof.checking')} />;
  const record = verdict?.record ?? null;
  return (
    <article className={styles.result}>
      {record === null ? (
        <VerdictBanner state={verdict?.waiting === true ? 'waiting' : 'unproven'} />
      ) : (
        <VerdictBanner
          state={record.history.at(-1)?.state ?? 'unproven'}
          title={t('check.receiptHolds')}
          lead={t('check.receiptLead')}
        />
      )}
      <Card>
        {record !== null && <Proven record={record} />}
        <RecordProof verdict={verdict} error={error} onRetry={retry} />
      </Card>
      {record !== null && <CompareWhereWanted digest={record.digest} kind={record.kind} />}
    </article>
  );
}

function Proven(props: { readonly record: ProvenRecord }) {
  const { record } = props;
  const { t, say, language } = useLanguage();
  const last = record.history.at(-1);
  return (
    <>
      <Facts
        facts={[
          { term: t('check.issuedBy'), value: <strong>{say(record.issuer.name)}</strong> },
          { term: t('notary.kind'), value: t(`notary.kind.${record.kind}`) },
          ...(last === undefined
            ? []
            : [
                {
                  term: t('check.stoodAt', { at: formatInstant(last.at, language) }),
                  value: <RecordStateBadge state={last.state} />,
                },
              ]),
          { term: t('notary.digest'), value: <code>{record.digest}</code> },
        ]}
      />
      <Row>
        <Soft small>{t('check.receiptAge')}</Soft>
      </Row>
    </>
  );
}
