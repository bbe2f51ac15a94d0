import type { RecordState } from '@praya/notary/records/contract';
import type { ReactNode } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import styles from './check.module.css';

export type BannerState = RecordState | 'unknown' | 'unproven' | 'waiting' | 'checking';

const LOOKS: Record<
  BannerState,
  { readonly tone: 'good' | 'wary' | 'bad' | 'plain'; readonly icon: IconName }
> = {
  active: { tone: 'good', icon: 'check' },
  pending: { tone: 'plain', icon: 'pause' },
  suspended: { tone: 'wary', icon: 'pause' },
  expired: { tone: 'wary', icon: 'warning' },
  revoked: { tone: 'bad', icon: 'stop' },
  rejected: { tone: 'bad', icon: 'cross' },
  erased: { tone: 'plain', icon: 'info' },
  unknown: { tone: 'bad', icon: 'search' },
  checking: { tone: 'plain', icon: 'shield' },
  waiting: { tone: 'wary', icon: 'pause' },
  unproven: { tone: 'bad', icon: 'warning' },
};

/** The answer, before anything else: one word, one sentence. */
export function VerdictBanner(props: {
  readonly state: BannerState;
  readonly title?: string;
  readonly lead?: string;
  readonly children?: ReactNode;
}) {
  const { state, children } = props;
  const { t } = useLanguage();
  const { tone, icon } = LOOKS[state];
  return (
    <div className={classNames(styles.banner, styles[tone])} data-verdict={state}>
      <span className={styles.seal}>
        <Icon name={icon} size={34} />
      </span>
      <div className={styles.words}>
        <h2 className={styles.verdict}>{props.title ?? t(`check.verdict.${state}`)}</h2>
        <p>{props.lead ?? t(`check.plain.${state}`)}</p>
        {children}
      </div>
    </div>
  );
}
