import { useEffect, useState } from 'react';
import { formatInstant } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Row, Soft } from '../parts/layout.tsx';
import styles from './counter.module.css';
import type { IssuedCode } from './sealed-letters.ts';

/** Whole minutes until an instant, begun ones counted; 0 once it has passed. Looked at every ten seconds: calm. */
function useMinutesLeft(expiresAt: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(ticking);
  }, []);
  return Math.max(0, Math.ceil((new Date(expiresAt).getTime() - now) / 60_000));
}

/** The code, large, to be read out or printed. */
export function EnrolmentSlip(props: { readonly issued: IssuedCode; readonly onNext: () => void }) {
  const { code, expiresAt } = props.issued;
  const { t, language } = useLanguage();
  const minutes = useMinutesLeft(expiresAt);
  return (
    <>
      <section className={styles.slip} aria-label={t('counter.code')}>
        <h2>{t('counter.code')}</h2>
        <p className={minutes === 0 ? styles.dim : styles.code}>{code}</p>
        <p role="status">
          {minutes === 0 ? t('counter.expired') : t('counter.minutesLeft', { count: minutes })}
        </p>
        <Soft small>{t('counter.goodUntil', { time: formatInstant(expiresAt, language) })}</Soft>
        <p>{t('counter.codeLead')}</p>
      </section>
      <div className={styles.unprinted}>
        <Row>
          <Button look="secondary" onPress={() => window.print()}>
            <Icon name="print" />
            {t('counter.print')}
          </Button>
          <Button onPress={props.onNext}>{t('counter.next')}</Button>
        </Row>
      </div>
    </>
  );
}
