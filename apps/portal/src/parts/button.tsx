import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useLanguage } from '../language/language-context.tsx';
import styles from './button.module.css';
import { classNames } from './class-names.ts';

type Look = 'primary' | 'secondary' | 'danger' | 'quiet';

type ButtonProps = {
  readonly children: ReactNode;
  readonly look?: Look;
  readonly wide?: boolean;
  readonly pending?: boolean;
  readonly disabled?: boolean;
  readonly type?: 'button' | 'submit';
  readonly onPress?: () => void;
  readonly label?: string;
};

function lookOf(look: Look = 'primary', wide = false): string {
  return classNames(styles.button, styles[look], wide && styles.wide);
}

export function Button(props: ButtonProps) {
  const { t } = useLanguage();
  const { look, wide, pending = false, disabled = false, type = 'button', onPress, label } = props;
  return (
    <AriaButton
      className={lookOf(look, wide)}
      type={pending ? 'button' : type}
      data-pending={pending || undefined}
      isDisabled={disabled}
      {...(onPress && !pending && { onPress })}
      {...(label !== undefined && { 'aria-label': label })}
    >
      {pending && <span className={styles.spinner} aria-hidden="true" />}
      {props.children}
      {pending && (
        <span role="status" className={styles.unseen}>
          {t('working')}
        </span>
      )}
    </AriaButton>
  );
}

type LinkProps = {
  readonly children: ReactNode;
  readonly look?: Look;
  readonly wide?: boolean;
};

/** A link inside the portal that looks like a button. */
export function ButtonLink(props: LinkProps & { readonly to: string }) {
  return (
    <Link className={lookOf(props.look, props.wide)} to={props.to}>
      {props.children}
    </Link>
  );
}

/** A link that leaves the page for the server: sign-in, downloads. */
export function ButtonAnchor(props: LinkProps & { readonly href: string }) {
  return (
    <a className={lookOf(props.look, props.wide)} href={props.href}>
      {props.children}
    </a>
  );
}
