import { formatInstant, formatMoment, formatNumber } from '../language/format.ts';
import { useLanguage } from '../language/language-context.tsx';
import { Disclosure } from '../parts/disclosure.tsx';
import { Soft } from '../parts/layout.tsx';
import styles from './chart.module.css';
import type { CheckpointView } from './explorer-requests.ts';
import { type Growth, growthOf, HEIGHT, sampleOf, stairsOf, WIDTH } from './growth.ts';

const MOST_ROWS = 25;

/** How the log grew, as a drawing and as a table. */
export function GrowthChart(props: {
  readonly checkpoints: readonly CheckpointView[];
  readonly openedAt: string | null;
}) {
  const { t } = useLanguage();
  const growth = growthOf(props.checkpoints, props.openedAt);
  if (growth === null) return <Soft>{t('explorer.noGrowth')}</Soft>;
  return (
    <div className={styles.growth}>
      <Drawing growth={growth} />
      <Disclosure summary={t('explorer.asTable')}>
        <Table growth={growth} />
      </Disclosure>
    </div>
  );
}

function Drawing(props: { readonly growth: Growth }) {
  const { moments, lowest, highest } = props.growth;
  const { t, language } = useLanguage();
  const first = formatInstant(new Date(moments[0]?.at ?? 0), language);
  const last = formatInstant(new Date(moments.at(-1)?.at ?? 0), language);
  const stairs = stairsOf(props.growth);
  const said = t('explorer.grew', {
    from: formatNumber(lowest, language),
    to: formatNumber(highest, language),
    first,
    last,
  });
  const middle = Math.round((lowest + highest) / 2);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>{said}</figcaption>
      <div className={styles.plot} aria-hidden="true">
        <span className={styles.high}>{formatNumber(highest, language)}</span>
        <span className={styles.middle}>{highest - lowest > 1 && formatNumber(middle, language)}</span>
        <span className={styles.low}>{formatNumber(lowest, language)}</span>
        <svg
          className={styles.drawing}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          focusable="false"
          aria-hidden="true"
        >
          <path className={styles.grid} d={`M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}`} />
          <path className={styles.area} d={`${stairs}V${HEIGHT}H0Z`} />
          <path className={styles.line} d={stairs} />
        </svg>
        <span className={styles.first}>{first}</span>
        <span className={styles.last}>{last}</span>
      </div>
    </figure>
  );
}

function Table(props: { readonly growth: Growth }) {
  const { t, language } = useLanguage();
  const rows = [...sampleOf(props.growth.moments, MOST_ROWS)].reverse();
  return (
    <table className={styles.table}>
      <caption>{t('explorer.growth')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('explorer.when')}</th>
          <th scope="col">{t('explorer.published')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, size }) => (
          <tr key={`${at} ${size}`}>
            <td>{formatMoment(new Date(at), language)}</td>
            <td>{formatNumber(size, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
