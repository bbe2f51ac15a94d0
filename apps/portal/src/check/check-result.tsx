import { formatInstant, formatValidity } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { type FactEntry, Facts } from '../parts/facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { Card, Row, Soft, Stack } from '../parts/layout.tsx';
import { saveFile } from '../parts/save-file.ts';
import { type PublicCheck, type RecordVerdict, shownOf } from '../proof/notarisation.ts';
import { RecordProof, useAgainWhile, useRecordVerdict } from '../proof/notarisation-proof.tsx';
import styles from './check.module.css';
import { groupedCode } from './check-code.ts';
import { CompareWhereWanted } from './compare.tsx';
import { PublicHistory } from './public-history.tsx';
import { type BannerState, VerdictBanner } from './verdict-banner.tsx';

/** What anybody learns of a record: the verdict first, then who says so, since when, and the proof of it. */
export function CheckResult(props: {
  readonly check: PublicCheck;
  readonly digest?: string;
  readonly onAgain: () => unknown;
}) {
  const { check, digest } = props;
  const { t, say } = useLanguage();
  const { verdict, error, retry } = useRecordVerdict({
    receipt: check.receipt,
    shown: shownOf(check),
    ...(digest !== undefined && { digest }),
  });
  const waiting = verdict?.waiting === true;
  useAgainWhile(waiting || (check.receipt === null && check.state !== 'erased'), props.onAgain);
  return (
    <article className={styles.result}>
      <VerdictBanner state={bannerOf(check, verdict)}>
        <p className={styles.issuer}>
          {t('check.issuedBy')} <strong>{say(check.issuer.name)}</strong>
        </p>
      </VerdictBanner>
      <Card>
        {check.title !== null && <h3 className={styles.title}>{check.title}</h3>}
        <Facts facts={useFacts(check)} />
        {check.receipt !== null && (
          <Stack>
            <h3>{t('check.proof')}</h3>
            <RecordProof verdict={verdict} error={error} onRetry={retry} />
            <Row>
              <Button
                look="quiet"
                onPress={() =>
                  saveFile(
                    `receipt-${check.code}.json`,
                    JSON.stringify(check.receipt, null, 2),
                    'application/json',
                  )
                }
              >
                <Icon name="download" size={18} />
                {t('proof.download')}
              </Button>
            </Row>
          </Stack>
        )}
        {check.receipt === null && check.state !== 'erased' && <Soft>{t('check.noProofYet')}</Soft>}
      </Card>
      {check.digest !== null && digest === undefined && (
        <CompareWhereWanted digest={check.digest} kind={check.kind} />
      )}
      {check.history.length > 0 && (
        <section className={styles.section}>
          <h2>{t('notary.history')}</h2>
          <PublicHistory check={check} />
        </section>
      )}
    </article>
  );
}

/** What was not proven here is not called valid: until the proof is checked the page says that it is being checked. */
function bannerOf(check: PublicCheck, verdict: RecordVerdict | undefined): BannerState {
  if (check.receipt === null) return check.state === 'erased' ? 'erased' : 'waiting';
  if (verdict === undefined) return 'checking';
  if (verdict.waiting) return 'waiting';
  return verdict.ok ? check.state : 'unproven';
}

function useFacts(check: PublicCheck): readonly FactEntry[] {
  const { t, language } = useLanguage();
  const { validFrom, validUntil, digest, code } = check;
  const first = check.history[0];
  const facts: readonly { readonly term: string; readonly value: FactEntry['value'] | null }[] = [
    { term: t('notary.kind'), value: t(`notary.kind.${check.kind}`) },
    { term: t('check.since'), value: first === undefined ? null : formatInstant(first.at, language) },
    {
      term: t('notary.field.from'),
      value: validFrom === null ? null : formatValidity(validFrom, language),
    },
    {
      term: t('notary.field.until'),
      value: validUntil === null ? null : formatValidity(validUntil, language),
    },
    { term: t('check.code'), value: <code>{groupedCode(code)}</code> },
    { term: t('notary.digest'), value: digest === null ? null : <code>{digest}</code> },
    { term: t('check.checkedAt'), value: formatInstant(check.checkedAt, language) },
  ];
  return facts.filter((fact): fact is FactEntry => fact.value !== null);
}

/** Nothing is known of a file or a code. */
export function Unknown(props: { readonly title: string; readonly lead: string; readonly digest?: string }) {
  const { t } = useLanguage();
  return (
    <VerdictBanner state="unknown" title={props.title} lead={props.lead}>
      {props.digest !== undefined && (
        <p className={styles.small}>
          {t('notary.digest')} <code>{props.digest}</code>
        </p>
      )}
    </VerdictBanner>
  );
}
