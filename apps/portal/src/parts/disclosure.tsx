import type { ReactNode } from 'react';
import styles from './disclosure.module.css';

/** What a reader may open: shut until then, by the browser's own control. */
export function Disclosure(props: {
  readonly summary: string;
  readonly open?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details className={styles.details} open={props.open}>
      <summary>{props.summary}</summary>
      <div className={styles.inside}>{props.children}</div>
    </details>
  );
}
