import type { ReactNode } from 'react';
import { useLanguage } from '../language/language-context.tsx';
import styles from './sign-in.module.css';

/** The striped frame around everything that a real city does not have. */
export function Demonstration(props: { readonly label?: string; readonly children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <section className={styles.demonstration} aria-label={props.label ?? t('demonstration.banner')}>
      <p className={styles.stripes}>{t('demonstration.banner')}</p>
      <div className={styles.inside}>{props.children}</div>
    </section>
  );
}
