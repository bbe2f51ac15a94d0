import { useId } from 'react';
import styles from './progress.module.css';

/** How far something is, in words and as a bar. */
export function Progress(props: {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly said: string;
}) {
  const id = useId();
  return (
    <div className={styles.progress}>
      <label htmlFor={id}>{props.label}</label>
      <progress id={id} value={props.value} max={Math.max(1, props.max)} />
      <span className={styles.said}>{props.said}</span>
    </div>
  );
}
