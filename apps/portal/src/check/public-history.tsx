import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { RecordStateBadge } from '../notary/record-state.tsx';
import { StepList } from '../notary/step-list.tsx';
import { Stack } from '../parts/layout.tsx';
import type { PublicCheck } from '../proof/notarisation.ts';
import styles from './check.module.css';

/** What was stated of a record, the newest first, and who has approved. */
export function PublicHistory(props: { readonly check: PublicCheck }) {
  const { history, steps, state, issuer } = props.check;
  const { t, say, language } = useLanguage();
  return (
    <Stack>
      {steps !== null && <StepList steps={steps} pending={state === 'pending'} />}
      <ol className={styles.history} reversed>
        {history.toReversed().map((statement) => (
          <li key={statement.revision} className={styles.statement}>
            <span>
              <RecordStateBadge state={statement.state} />
            </span>
            <time dateTime={statement.at}>{formatInstant(statement.at, language)}</time>
            {statement.issuer.id !== issuer.id && <p>{say(statement.issuer.name)}</p>}
            {statement.effectiveFrom !== null && (
              <p>{t('notary.effective', { at: formatInstant(statement.effectiveFrom, language) })}</p>
            )}
            {statement.reason !== null && <p>{t('changes.reasonWas', { reason: statement.reason })}</p>}
          </li>
        ))}
      </ol>
    </Stack>
  );
}
