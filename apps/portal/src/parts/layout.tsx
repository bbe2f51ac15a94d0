import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { classNames } from './class-names.ts';
import styles from './layout.module.css';

// The first page of a visit keeps the browser's own starting point; after that the title takes the focus.
let pagesSeen = 0;

/** One page: its title (also the document's), a sentence, the way back, its content. */
export function Page(props: {
  readonly title: string;
  readonly lead?: string;
  readonly back?: { readonly to: string; readonly label: string };
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (pagesSeen > 0) heading.current?.focus();
    pagesSeen += 1;
  }, []);
  return (
    <div className={styles.page}>
      <title>{`${props.title} · Praya`}</title>
      <div className={styles.head}>
        {props.back !== undefined && (
          <Link className={styles.back} to={props.back.to}>
            ← {props.back.label}
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
        {props.lead !== undefined && <p className={styles.lead}>{props.lead}</p>}
      </div>
      {props.children}
    </div>
  );
}

type Boxed = { readonly children: ReactNode };

export function Section(props: Boxed & { readonly title: string; readonly aside?: ReactNode }) {
  return (
    <section className={styles.section}>
      <div className={classNames(styles.row, styles.between)}>
        <h2>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  );
}

export function Card(props: Boxed) {
  return <div className={styles.card}>{props.children}</div>;
}

export function Row(props: Boxed & { readonly between?: boolean }) {
  return <div className={classNames(styles.row, props.between && styles.between)}>{props.children}</div>;
}

export function Stack(props: Boxed) {
  return <div className={styles.stack}>{props.children}</div>;
}

/** Text of lesser weight. */
export function Soft(props: Boxed & { readonly small?: boolean }) {
  return <p className={classNames(styles.soft, props.small && styles.small)}>{props.children}</p>;
}

/** A list whose items the caller makes as `<li>`. */
export function List(props: Boxed & { readonly label?: string }) {
  return (
    <ul className={styles.list} {...(props.label !== undefined && { 'aria-label': props.label })}>
      {props.children}
    </ul>
  );
}
