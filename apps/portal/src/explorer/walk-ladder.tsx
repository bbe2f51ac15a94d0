import { useEffect, useRef } from 'react';
import { formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { classNames } from '../parts/class-names.ts';
import { Disclosure } from '../parts/disclosure.tsx';
import { Soft } from '../parts/layout.tsx';
import { arrivalOf, hexOf, type Step } from './proof-steps.ts';
import styles from './walk.module.css';
import type { Walk } from './walk-query.ts';

type Side = Step['own'];

/** The way up: on each rung two hashes side by side, which together become the one below. `reached` are computed. */
export function Ladder(props: { readonly walk: Walk; readonly reached: number }) {
  const { walk, reached } = props;
  const { t, language } = useLanguage();
  return (
    <>
      <div className={styles.entry}>
        <h2>{t('walk.entry', { index: formatNumber(walk.index, language) })}</h2>
        <code className={styles.bytes}>{shortOf(walk.entry, 32)}</code>
        <Soft small>{t('walk.entryLead', { count: walk.entry.length })}</Soft>
      </div>
      <ol className={styles.ladder} aria-label={t('walk.steps')}>
        {walk.steps.map((step, at) => (
          <Rung
            key={`${step.from} ${step.until}`}
            step={step}
            place={at}
            reached={reached}
            next={walk.steps[at + 1]?.own ?? null}
          />
        ))}
        <Root hash={reached >= walk.steps.length ? arrivalOf(walk.leaf, walk.steps) : null} />
      </ol>
      <Disclosure summary={t('walk.inFull')}>
        <FullHashes walk={walk} />
      </Disclosure>
    </>
  );
}

function Rung(props: {
  readonly step: Step;
  readonly place: number;
  readonly reached: number;
  /** on which side the sum of this rung stands on the next; null: it is the root */
  readonly next: Side | null;
}) {
  const { step, place, reached, next } = props;
  const { t, language } = useLanguage();
  const known = place <= reached;
  const here = place === reached;
  const line = useKeptInSight<HTMLLIElement>(here && place > 0);
  const covers = t('walk.covers', {
    first: formatNumber(step.from, language),
    last: formatNumber(step.until - 1, language),
  });
  const own = step.own === 'left' ? step.left : step.right;
  const sibling = step.own === 'left' ? step.right : step.left;
  const nodes = [
    <Node key="own" own name={t(place === 0 ? 'walk.leaf' : 'walk.computed')} hash={known ? own : null} />,
    <Node key="sibling" name={t('walk.given')} hash={known ? sibling : null} />,
  ];
  return (
    <li
      ref={line}
      className={classNames(styles.rung, here && styles.here, !known && styles.ahead)}
      {...(here && { 'aria-current': 'step' as const })}
    >
      <p className={styles.caption}>
        <strong>{t('walk.step', { number: place + 1 })}</strong> <span>{covers}</span>
      </p>
      <div className={styles.pair}>{step.own === 'left' ? nodes : nodes.toReversed()}</div>
      <Joint to={next} walked={place < reached} />
    </li>
  );
}

function Root(props: { readonly hash: Uint8Array | null }) {
  const { t } = useLanguage();
  return (
    <li className={classNames(styles.rung, props.hash === null && styles.ahead)}>
      <div className={styles.root}>
        <Node own name={t('walk.root')} hash={props.hash} />
      </div>
    </li>
  );
}

function Node(props: { readonly name: string; readonly hash: Uint8Array | null; readonly own?: boolean }) {
  const { t } = useLanguage();
  return (
    <div className={classNames(styles.node, props.own && styles.own, props.hash === null && styles.unknown)}>
      <span className={styles.nodeName}>{props.name}</span>
      {props.hash === null ? (
        <span className={styles.nodeHash}>{t('walk.notYet')}</span>
      ) : (
        <code className={styles.nodeHash}>{shortOf(props.hash, 4)}</code>
      )}
    </div>
  );
}

/** Two lines that become one: below the left, below the right, or between them for the root. */
function Joint(props: { readonly to: Side | null; readonly walked: boolean }) {
  const { t } = useLanguage();
  const x = props.to === null ? 50 : props.to === 'left' ? 25 : 75;
  return (
    <div className={classNames(styles.joint, props.walked && styles.walked)}>
      <svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <path d={`M25 0V15H${x}V30M75 0V15H${x}`} />
      </svg>
      <span className={styles.sum}>{t('walk.sum')}</span>
    </div>
  );
}

function FullHashes(props: { readonly walk: Walk }) {
  const { leaf, steps } = props.walk;
  const { t } = useLanguage();
  return (
    <dl className={styles.full}>
      <div>
        <dt>{t('walk.leaf')}</dt>
        <dd>
          <code>{hexOf(leaf)}</code>
        </dd>
      </div>
      {steps.map((step, at) => (
        <div key={`${step.from} ${step.until}`}>
          <dt>{t('walk.step', { number: at + 1 })}</dt>
          <dd>
            <code>{hexOf(step.left)}</code>
            <code>{hexOf(step.right)}</code>
            <code>= {hexOf(step.parent)}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Scrolls to the step that has just been taken. */
function useKeptInSight<E extends HTMLElement>(wanted: boolean) {
  const element = useRef<E>(null);
  useEffect(() => {
    if (wanted) element.current?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  }, [wanted]);
  return element;
}

/** The first and the last bytes, for the eye. */
function shortOf(bytes: Uint8Array, each: number): string {
  const hex = hexOf(bytes);
  return hex.length <= each * 4 ? hex : `${hex.slice(0, each * 2)}…${hex.slice(-each * 2)}`;
}
