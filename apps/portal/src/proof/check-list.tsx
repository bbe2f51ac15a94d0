import { useLanguage } from '../language/language-context.tsx';
import english from '../messages/en.json' with { type: 'json' };
import { classNames } from '../parts/class-names.ts';
import { Icon } from '../parts/icon.tsx';
import styles from './proof.module.css';

type CheckKey = Extract<keyof typeof english, `check.${string}`>;

function isCheckKey(key: string): key is CheckKey {
  return key in english;
}

/** One check of any proof: its name, whether it holds, and what it says when it does not. */
export type CheckLine = {
  readonly name: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly detail?: string;
};

/** Each check by its name, and whether it holds. */
export function CheckList(props: { readonly checks: readonly CheckLine[] }) {
  const { t } = useLanguage();
  return (
    <ul className={styles.checks}>
      {props.checks.map((check) => {
        const key = `check.${check.name}`;
        return (
          <li key={check.name} className={classNames(styles.check, check.ok ? styles.holds : styles.fails)}>
            <Icon name={check.ok ? 'check' : 'cross'} size={18} />
            <span>
              {isCheckKey(key) ? t(key) : check.name}{' '}
              <strong>{t(check.ok ? 'proof.checkHolds' : 'proof.checkFails')}</strong>
              {!check.ok && (
                <span className={styles.detail}>
                  {[check.code, check.detail].filter(Boolean).join(' · ')}
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
