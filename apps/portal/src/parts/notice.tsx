import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import styles from './notice.module.css';

type Tone = 'info' | 'good' | 'wary' | 'bad';

const ICONS: Record<Tone, IconName> = { info: 'info', good: 'check', wary: 'warning', bad: 'warning' };

/** A message that matters now. Troubles interrupt a screen reader, the rest waits its turn. */
export function Notice(props: {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly live?: boolean;
}) {
  const tone = props.tone ?? 'info';
  const role = props.live === false ? undefined : tone === 'bad' ? 'alert' : 'status';
  return (
    <div className={classNames(styles.notice, styles[tone])} role={role}>
      <Icon name={ICONS[tone]} />
      <div className={styles.body}>
        {props.title !== undefined && <p className={styles.title}>{props.title}</p>}
        {props.children}
      </div>
    </div>
  );
}
