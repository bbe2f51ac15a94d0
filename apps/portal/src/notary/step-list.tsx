import type { StepView } from '@praya/notary/records/contract';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import styles from './notary.module.css';

/** A chain of approvals: who has decided, whose turn it is, who comes after. */
export function StepList(props: { readonly steps: readonly StepView[]; readonly pending: boolean }) {
  const { t, say, language } = useLanguage();
  const turn = props.pending ? props.steps.findIndex(({ decision }) => decision === null) : -1;
  return (
    <ol className={styles.chain}>
      {props.steps.map((step, at) => (
        <li
          key={step.organisation}
          className={styles.link}
          {...(at === turn && { 'aria-current': 'step' as const })}
        >
          <span className={styles.linkNumber}>{at + 1}</span>
          <span className={styles.linkName}>
            {say(step.name)}
            {step.decidedAt !== null && (
              <span className={styles.linkAbout}>{formatInstant(step.decidedAt, language)}</span>
            )}
          </span>
          {step.decision === 'approve' && (
            <Badge tone="good" icon="check">
              {t('notary.approved')}
            </Badge>
          )}
          {step.decision === 'reject' && (
            <Badge tone="bad" icon="cross">
              {t('notary.rejected')}
            </Badge>
          )}
          {step.decision === null && (
            <Badge tone={at === turn ? 'water' : 'plain'}>
              {t(at === turn ? 'notary.stepTurn' : 'notary.stepLater')}
            </Badge>
          )}
        </li>
      ))}
    </ol>
  );
}
