import type { ReactNode } from 'react';
import styles from './facts.module.css';

export type FactEntry = { readonly term: string; readonly value: ReactNode };

/** Terms and what they are. */
export function Facts(props: { readonly facts: readonly FactEntry[] }) {
  return (
    <dl className={styles.facts}>
      {props.facts.map(({ term, value }) => (
        <div className={styles.fact} key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
