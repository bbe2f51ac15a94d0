import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';

export type BadgeTone = 'plain' | 'good' | 'wary' | 'bad' | 'water';

export function Badge(props: {
  readonly tone?: BadgeTone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}) {
  const { tone = 'plain', icon, children } = props;
  return (
    <span className={classNames(styles.badge, styles[tone])}>
      {icon !== undefined && <Icon name={icon} size={15} />}
      {children}
    </span>
  );
}
