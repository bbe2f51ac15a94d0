import { sameBytes } from '@praya/verifier/bytes';
import { useEffect, useRef } from 'react';
import { formatMoment, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Badge } from '../parts/badge.tsx';
import { Code } from '../parts/code.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { List, Row } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { CheckList } from '../proof/check-list.tsx';
import type { Cosigner } from './checkpoint-check.ts';
import { hexOf } from './proof-steps.ts';
import styles from './walk.module.css';
import type { Walk } from './walk-query.ts';

/** The end of the walk: the root computed here beside the root that the log signed, and who else signed it. */
export function Comparison(props: { readonly walk: Walk; readonly arrival: Uint8Array }) {
  const { walk, arrival } = props;
  const { t, language } = useLanguage();
  const same = sameBytes(arrival, walk.checkpoint.root);
  const holds = same && walk.checks.every(({ ok }) => ok);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={styles.comparison} aria-labelledby="comparison">
      <h2 id="comparison" className={styles.end} ref={heading} tabIndex={-1}>
        {t('walk.comparison')}
      </h2>
      <dl className={styles.roots}>
        <div className={same ? styles.equal : styles.unequal}>
          <dt>{t('walk.rootHere')}</dt>
          <dd>
            <code>{hexOf(arrival)}</code>
          </dd>
        </div>
        <div className={same ? styles.equal : styles.unequal}>
          <dt>{t('walk.rootSigned', { size: formatNumber(walk.checkpoint.size, language) })}</dt>
          <dd>
            <code>{hexOf(walk.checkpoint.root)}</code>
          </dd>
        </div>
      </dl>
      <Notice tone={holds ? 'good' : 'bad'} title={t(holds ? 'walk.holds' : 'walk.fails')}>
        <p>{t(holds ? 'walk.holdsLead' : 'walk.failsLead')}</p>
      </Notice>
      <CheckList
        checks={[
          { name: 'walk-root', ok: same, ...(!same && { code: 'merkle.root-mismatch' }) },
          ...walk.checks,
        ]}
      />
      {walk.cosigners.length > 0 && <Cosigners cosigners={walk.cosigners} />}
      <Disclosure summary={t('explorer.note', { size: formatNumber(walk.checkpoint.size, language) })}>
        <Code
          label={t('explorer.note', { size: formatNumber(walk.checkpoint.size, language) })}
          value={walk.note}
        />
      </Disclosure>
    </section>
  );
}

function Cosigners(props: { readonly cosigners: readonly Cosigner[] }) {
  const { t, language } = useLanguage();
  return (
    <List label={t('explorer.witnesses')}>
      {props.cosigners.map(({ name, finding, at }) => (
        <li key={name}>
          <Row between>
            <strong>{name}</strong>
            {finding === 'good' ? (
              <Badge tone="good" icon="check">
                {t('walk.cosignedAt', { at: formatMoment(at, language) })}
              </Badge>
            ) : (
              <Badge tone={finding === 'wrong' ? 'bad' : 'plain'}>{t(`walk.cosigner.${finding}`)}</Badge>
            )}
          </Row>
        </li>
      ))}
    </List>
  );
}
