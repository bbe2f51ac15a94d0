import styles from './code.module.css';

/** JSON as it is, in a region that the keyboard can scroll. */
export function Code(props: { readonly label: string; readonly value: unknown }) {
  const text = typeof props.value === 'string' ? props.value : JSON.stringify(props.value, null, 2);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.code} tabIndex={0} aria-label={props.label}>
      <pre>{text}</pre>
    </section>
  );
}
