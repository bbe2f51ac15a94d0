import { useLanguage } from '../../language/language-context.tsx';
import { Soft } from '../../parts/layout.tsx';
import styles from '../notary.module.css';
import { RecordKindName } from '../record-state.tsx';
import { type BulkRow, COLUMNS, type RowFault } from './bulk-rows.ts';

const ROWS_SHOWN = 10;
const FAULTS_SHOWN = 50;

/** What is wrong, row by row. */
export function BulkFaults(props: { readonly faults: readonly RowFault[] }) {
  const { t } = useLanguage();
  const left = props.faults.length - FAULTS_SHOWN;
  return (
    <>
      <ul className={styles.faults} aria-label={t('bulk.faults')}>
        {props.faults.slice(0, FAULTS_SHOWN).map(({ row, column, key }) => (
          <li key={`${row} ${column} ${key}`}>
            <strong>{t('bulk.row', { row: String(row) })}</strong> <code>{column}</code> {t(key)}
          </li>
        ))}
      </ul>
      {left > 0 && <Soft small>{t('bulk.moreFaults', { count: left })}</Soft>}
    </>
  );
}

/** The first rows as they were read; those with a fault among them are marked. */
export function BulkTable(props: {
  readonly rows: readonly BulkRow[];
  readonly faults: readonly RowFault[];
}) {
  const { rows, faults } = props;
  const { t } = useLanguage();
  const columns = COLUMNS.filter((column) => rows.some((row) => row[column]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.wide} tabIndex={0} aria-label={t('bulk.rows')}>
      <table className={styles.grid}>
        <thead>
          <tr>
            <th scope="col">{t('bulk.rowHead')}</th>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_SHOWN).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place of a row is its name
            <tr key={at} className={faults.some((fault) => fault.row === at + 1) ? styles.badRow : undefined}>
              <th scope="row">{at + 1}</th>
              {columns.map((column) => (
                <td key={column}>
                  {column === 'kind' ? <RecordKindName kind={row.kind ?? ''} /> : row[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
