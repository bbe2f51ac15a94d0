import type { NotaryRecord } from '@praya/notary/records/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemError } from '../api/request.ts';
import { useLanguage } from '../language/language-context.tsx';
import { LANGUAGE_NAMES, LANGUAGES } from '../language/languages.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Row, Soft, Stack } from '../parts/layout.tsx';
import { QrCode } from '../parts/qr-code.tsx';
import { saveFile } from '../parts/save-file.ts';
import { Trouble } from '../parts/trouble.tsx';
import { shownOfRecord } from '../proof/notarisation.ts';
import { RecordProof, useAgainWhile, useRecordVerdict } from '../proof/notarisation-proof.tsx';
import styles from './notary.module.css';
import { type NotarisationReceipt, receiptQuery } from './notary-requests.ts';
import { useNotaryPath } from './offices.ts';

/** What the organisation hands out: the QR code, the certificate, the receipt, checked here before it leaves. */
export function RecordFiles(props: { readonly record: NotaryRecord }) {
  const { record } = props;
  const { t } = useLanguage();
  const path = useNotaryPath();
  const receipt = useQuery(receiptQuery(path, record));
  return (
    <Card>
      <div className={styles.handOut}>
        <div className={styles.qr}>
          <QrCode text={record.checkUrl} label={t('notary.qr')} />
        </div>
        <Stack>
          <h3>{t('notary.checkTitle')}</h3>
          <p>{t('notary.checkLead')}</p>
          <p className={styles.address}>
            <a href={record.checkUrl}>{record.checkUrl}</a>
          </p>
          <Row>
            <CopyButton text={record.checkUrl} />
          </Row>
        </Stack>
      </div>
      <section className={styles.files} aria-labelledby="certificate">
        <h3 id="certificate">{t('notary.certificate')}</h3>
        <Row>
          {LANGUAGES.map((language) => (
            <a
              key={language}
              className={styles.download}
              href={path(`/records/${record.id}/certificate.pdf`, { language })}
              lang={language}
              hrefLang={language}
              download
            >
              <Icon name="print" size={18} />
              {LANGUAGE_NAMES[language]} (PDF)
            </a>
          ))}
        </Row>
      </section>
      <section className={styles.files} aria-labelledby="receipts">
        <h3 id="receipts">{t('notary.receipt')}</h3>
        <Proof
          record={record}
          receipt={receipt.data}
          error={receipt.error}
          retry={() => void receipt.refetch()}
        />
      </section>
    </Card>
  );
}

function Proof(props: {
  readonly record: NotaryRecord;
  readonly receipt: NotarisationReceipt | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}) {
  const { record, receipt } = props;
  const { t } = useLanguage();
  const path = useNotaryPath();
  const { verdict, error, retry } = useRecordVerdict({
    receipt,
    shown: shownOfRecord(record),
  });
  const pending = props.error instanceof ProblemError && props.error.code === 'notary.proof-pending';
  useAgainWhile(pending || verdict?.waiting === true, props.retry);
  if (pending) {
    return (
      <Stack>
        <Soft>{t('notary.proofPending')}</Soft>
        <Row>
          <Button look="secondary" onPress={props.retry}>
            {t('trouble.again')}
          </Button>
        </Row>
      </Stack>
    );
  }
  if (props.error !== null) return <Trouble error={props.error} onRetry={props.retry} />;
  const save = (file: NotarisationReceipt) =>
    saveFile(`receipt-${record.id}.json`, JSON.stringify(file, null, 2), 'application/json');
  return (
    <Stack>
      <RecordProof verdict={verdict} error={error} onRetry={retry} />
      <Row>
        {receipt !== undefined && (
          <Button look="secondary" onPress={() => save(receipt)}>
            <Icon name="download" />
            {t('proof.download')}
          </Button>
        )}
        <a className={styles.download} href={path(`/records/${record.id}/statement.cose`)} download>
          <Icon name="download" size={18} />
          {t('notary.cose')}
        </a>
        <a className={styles.download} href={path(`/records/${record.id}/proof.txt`)} download>
          <Icon name="download" size={18} />
          {t('notary.proofText')}
        </a>
      </Row>
      <Soft small>{t('notary.receiptLead')}</Soft>
    </Stack>
  );
}

function CopyButton(props: { readonly text: string }) {
  const { t } = useLanguage();
  const [copied, setCopied] = useState(false);
  return (
    <>
      <Button
        look="secondary"
        onPress={() => void navigator.clipboard.writeText(props.text).then(() => setCopied(true))}
      >
        {t('notary.copy')}
      </Button>
      <span role="status">{copied && t('notary.copied')}</span>
    </>
  );
}
