import { useLanguage } from '../language/language-context.tsx';
import styles from './loading.module.css';

export function Loading(props: { readonly label?: string }) {
  const { t } = useLanguage();
  return (
    <div className={styles.loading} role="status">
      <span className={styles.dots} aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {props.label ?? t('loading')}
    </div>
  );
}
